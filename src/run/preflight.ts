/** Checks the hosts before anything is changed. Takes their facts; says every finding, and refuses when one of them is an error. */
import { runChecks } from '../checks/run.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { HostFacts } from '../facts/types.ts'
import type { Emit } from './events.ts'

export type PreflightInput = {
  readonly config: ClusterConfig
  readonly facts: ReadonlyMap<string, HostFacts>
  /** The hosts that something will be done on: what is wrong with others is no reason to stop. */
  readonly hosts: readonly HostConfig[]
  readonly caHashes: readonly string[]
  readonly bundled?: readonly string[]
  readonly ignore: readonly string[]
  readonly emit: Emit
}

export const preflight = ({
  config,
  facts,
  hosts,
  caHashes,
  bundled,
  ignore,
  emit,
}: PreflightInput): void => {
  const chosen = new Set(hosts.map(({ name }) => name))
  const findings = runChecks({ config, facts, caHashes, bundled }, [...config.preflight.ignore, ...ignore])
  const relevant = findings.filter(({ host }) => chosen.has(host))
  for (const finding of relevant) emit({ kind: 'finding', finding })
  const errors = relevant.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return
  throw new UserError(
    `${errors.length} preflight ${errors.length === 1 ? 'check' : 'checks'} failed; nothing was changed`,
    {
      hint: `mend what is named above, or take a risk on purpose: --ignore ${errors[0]?.id ?? 'ID'}`,
      exitCode: 1,
    },
  )
}
