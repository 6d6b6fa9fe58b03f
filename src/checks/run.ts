/**
 * Runs every check on every host that answered. Takes the cluster file, the facts, our CAs' hashes and the ids to ignore; gives
 * findings, host by host. Nothing stops at the first: all that is wrong is told at once.
 */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { ownershipOf } from '../facts/ownership.ts'
import type { HostFacts } from '../facts/types.ts'
import type { Finding } from '../run/events.ts'
import { checks } from './index.ts'
import type { Check, CheckInput } from './types.ts'

export type ChecksInput = {
  readonly config: ClusterConfig
  /** The facts of each host, by its name in the cluster file. Hosts that are not in it are not looked at. */
  readonly facts: ReadonlyMap<string, HostFacts>
  /** Of our cluster's CA: two while it is being replaced, none while there is none yet. */
  readonly caHashes: readonly string[]
  readonly bundled?: CheckInput['bundled']
}

/** `ignore`: ids in any case, or `all`: what they find becomes a warning, as with kubeadm. */
export const runChecks = (input: ChecksInput, ignore: readonly string[] = []): readonly Finding[] => {
  const ignored = new Set(ignore.map((id) => id.toLowerCase()))
  return input.config.hosts.flatMap((host) => {
    const facts = input.facts.get(host.name)
    return facts === undefined ? [] : checkHost(input, host, facts, ignored)
  })
}

const checkHost = (
  { config, facts: all, caHashes, bundled }: ChecksInput,
  host: HostConfig,
  facts: HostFacts,
  ignored: ReadonlySet<string>,
): readonly Finding[] => {
  const ownership = ownershipOf(facts, { name: config.name, caHashes })
  const input: CheckInput = { config, host, facts, all, ownership, bundled }
  return checks
    .filter(({ roles }) => roles.includes(host.role))
    .flatMap((check) => findings(check, input, ignored))
}

const findings = (check: Check, input: CheckInput, ignored: ReadonlySet<string>): readonly Finding[] =>
  check.run(input).map(({ id = check.ids[0], severity, message, remedy }) => {
    const isIgnored = severity === 'error' && (ignored.has('all') || ignored.has(id.toLowerCase()))
    const finding: Finding = { id, severity, host: input.host.name, message, remedy }
    return isIgnored ? { ...finding, severity: 'warning', ignored: true } : finding
  })
