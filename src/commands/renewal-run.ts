/**
 * What `certs renew` and `certs rescue` have in common: the bundle, the run, and the hosts that were not there. Takes the command's
 * flags and how it is prepared; gives back when it is done, and refuses to call it done while hosts are missing.
 */
import type { Command } from 'commander'
import { UserError } from '../errors.ts'
import type { Redactor } from '../report/redact.ts'
import type { Cluster } from '../run/cluster.ts'
import { clusterLogs, type RunAround } from '../run/cluster-run.ts'
import { bundleFileOf, readBundle } from '../run/planning.ts'
import type { Absent } from '../run/present-hosts.ts'
import type { RenewPrepared } from '../run/renew-prepare.ts'
import type { RenewOptions } from '../run/renew-session.ts'
import { clusterOf } from './cluster-flags.ts'
import { reportedRun } from './reported-run.ts'
import { type ClusterFlags, clusterCommand, sameChoices } from './run-cluster.ts'
import { showPlan } from './show-plan.ts'

export type RenewalFlags = ClusterFlags & { readonly dryRun?: boolean }

export const renewalCommand = (name: string, description: string): Command =>
  clusterCommand(name, description).option('--dry-run', 'show what would be done; change nothing')

export type RenewalRun = {
  readonly command: string
  /** What was asked for, as it would be typed again. */
  readonly again: readonly string[]
  readonly prepare: (options: RenewOptions) => Promise<RenewPrepared>
  readonly next: (cluster: Cluster) => Promise<readonly string[]>
}

const refuseAbsent = (absent: readonly Absent[], goOn: string): void => {
  if (absent.length === 0) return
  const who = absent.map(({ host, why }) => `${host} (${why})`).join('; ')
  throw new UserError(`not done on hosts that cannot be reached: ${who}`, {
    hint: `turn them on, then: ${goOn}`,
    exitCode: 1,
  })
}

export const renewalRun = async (redactor: Redactor, flags: RenewalFlags, run: RenewalRun): Promise<void> => {
  const cluster = await clusterOf(flags, redactor)
  const { clusterFile, config } = cluster
  const { host: only, ignore, acceptNew = false, output, verbose = false } = flags
  const bundle = await readBundle(cluster, bundleFileOf(cluster, flags.bundle))
  const prepare = (around: RunAround): Promise<RenewPrepared> =>
    run.prepare({ ...cluster, ...around, bundle, only, ignore, acceptNew })
  if (flags.dryRun) return showPlan(redactor, { json: output === 'json', verbose }, prepare)
  const goOn = ['slipway', ...run.again, '-c', clusterFile, ...sameChoices(flags)].join(' ')
  const state: { absent: readonly Absent[] } = { absent: [] }
  await reportedRun(redactor, {
    command: run.command,
    cluster: config.name,
    output,
    verbose,
    logs: clusterLogs(clusterFile, config.name),
    prepare: async (around) => {
      const prepared = await prepare(around)
      state.absent = prepared.absent
      return prepared
    },
    next: () => run.next(cluster),
    goOn,
  })
  refuseAbsent(state.absent, goOn)
}
