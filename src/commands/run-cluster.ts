/** What init, join, apply and phase run have in common: flags, and the way from them to a run. */
import { Command, Option } from 'commander'
import type { Redactor } from '../report/redact.ts'
import type { Cluster } from '../run/cluster.ts'
import { type ClusterRunOptions, clusterLogs, prepare, type RunAround } from '../run/cluster-run.ts'
import { type Playbook, shippedPlaybook } from '../run/playbook.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'
import { reportedRun } from './reported-run.ts'

export type ClusterFlags = ClusterFileFlags & {
  readonly bundle?: string
  readonly ignore: readonly string[]
  readonly acceptNew?: boolean
  readonly output: 'text' | 'json'
  readonly verbose?: boolean
  readonly host?: readonly string[]
}

/** The commands of the table have their description there. */
export const clusterCommand = (name: string, description = ''): Command =>
  withClusterFlags(new Command(name).description(description))
    .option('--bundle <file>', 'bundle (default: the one in the cache)')
    .option('--ignore <ids...>', 'preflight checks to take as warnings', [])
    .option('--accept-new', 'pin host keys that are not known yet')
    .option('-v, --verbose', 'say what is unchanged, too')
    .addOption(new Option('--output <format>', 'how to report').choices(['text', 'json']).default('text'))

export const playbooks = (...names: readonly ('init' | 'join')[]): readonly Playbook[] =>
  names.map(shippedPlaybook)

export type RunRequest = {
  /** As it is typed, a word each. */
  readonly command: readonly string[]
  readonly playbooks: readonly Playbook[]
  readonly phases?: readonly string[]
  readonly next: (cluster: Cluster) => readonly string[] | Promise<readonly string[]>
}

/** What must be said again, for a run to go on where it stopped. */
export const sameChoices = ({ host, bundle, ignore }: ClusterFlags): readonly string[] => [
  ...(host === undefined ? [] : ['--host', ...host]),
  ...(bundle === undefined ? [] : ['--bundle', bundle]),
  ...(ignore.length === 0 ? [] : ['--ignore', ...ignore]),
]

export const runOnCluster = async (
  redactor: Redactor,
  flags: ClusterFlags,
  request: RunRequest,
): Promise<void> => {
  const cluster = await clusterOf(flags, redactor)
  const { clusterFile, config } = cluster
  const options = (around: RunAround): ClusterRunOptions => ({
    ...cluster,
    ...around,
    playbooks: request.playbooks,
    only: flags.host,
    phases: request.phases,
    bundleFile: flags.bundle,
    ignore: flags.ignore,
    acceptNew: flags.acceptNew === true,
  })
  await reportedRun(redactor, {
    command: request.command.join('-'),
    cluster: config.name,
    output: flags.output,
    verbose: flags.verbose === true,
    logs: clusterLogs(clusterFile, config.name),
    prepare: (around) => prepare(options(around), { lock: true }),
    next: () => request.next(cluster),
    goOn: ['slipway', ...request.command, '-c', clusterFile, ...sameChoices(flags)].join(' '),
  })
}
