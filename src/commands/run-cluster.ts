/** What init, join, apply and phase run have in common: flags, reporter, log, Ctrl-C, and the summary at the end. */
import { Command, Option } from 'commander'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { Interrupted } from '../errors.ts'
import type { Plan } from '../plan/types.ts'
import { openLog } from '../report/log-file.ts'
import { createRedactor } from '../report/redact.ts'
import { createReporter } from '../report/reporter.ts'
import { type ClusterRunOptions, carryOut, clusterLogs, prepare } from '../run/cluster-run.ts'
import type { Emit, RunEvent } from '../run/events.ts'
import { type Playbook, shippedPlaybook } from '../run/playbook.ts'
import { type PartResult, summarize } from '../run/workflow.ts'

export type ClusterFlags = {
  readonly config: string
  readonly bundle?: string
  readonly ignore: readonly string[]
  readonly acceptNew?: boolean
  readonly output: 'text' | 'json'
  readonly verbose?: boolean
  readonly host?: readonly string[]
}

export const clusterCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .option('-c, --config <file>', 'cluster file', 'cluster.yaml')
    .option('--bundle <file>', 'bundle (default: the one in the cache)')
    .option('--ignore <ids...>', 'preflight checks to take as warnings', [])
    .option('--accept-new', 'pin host keys that are not known yet')
    .option('-v, --verbose', 'say what is unchanged, too')
    .addOption(new Option('--output <format>', 'how to report').choices(['text', 'json']).default('text'))

export const playbooks = (...names: readonly ('init' | 'join')[]): readonly Playbook[] =>
  names.map(shippedPlaybook)

export type RunRequest = {
  readonly command: string
  readonly playbooks: readonly Playbook[]
  readonly phases?: readonly string[]
  readonly next: (options: ClusterRunOptions) => readonly string[] | Promise<readonly string[]>
}

const interruptible = (): { readonly signal: AbortSignal; readonly done: () => void } => {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return {
    signal: controller.signal,
    done: () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
    },
  }
}

const failuresOf = (results: readonly PartResult[]): readonly unknown[] =>
  results.flatMap(({ error }) => (error === undefined ? [] : [error]))

const runEnd = (
  plan: Plan,
  results: readonly PartResult[],
  seconds: number,
  next: readonly string[],
  log: string,
): RunEvent => {
  const phases = summarize(plan, results)
  const total = (count: (phase: (typeof phases)[number]) => number): number =>
    phases.reduce((sum, phase) => sum + count(phase), 0)
  const changed = total((phase) => phase.changed)
  const interrupted = results.some(({ outcome }) => outcome === 'interrupted')
  const failed = results.some(({ outcome }) => outcome === 'failed' || outcome === 'skipped')
  const outcome = interrupted ? 'interrupted' : failed ? 'failed' : changed === 0 ? 'unchanged' : 'done'
  return {
    kind: 'run-end',
    outcome,
    seconds,
    changed,
    unchanged: total((phase) => phase.unchanged),
    phases,
    next,
    log,
  }
}

export const runOnCluster = async (flags: ClusterFlags, request: RunRequest): Promise<void> => {
  const started = Date.now()
  const config = await loadCluster(flags.config, { checkIds: checkIds() })
  const redactor = createRedactor()
  const { redact } = redactor
  const reporter = createReporter({
    output: flags.output,
    verbose: flags.verbose === true,
    stdout: process.stdout,
    stderr: process.stderr,
    redact,
  })
  const log = openLog(clusterLogs(flags.config, config.name), request.command, redact)
  const emit: Emit = (event) => {
    log.emit(event)
    reporter.emit(event)
  }
  const interrupt = interruptible()
  const options: ClusterRunOptions = {
    clusterFile: flags.config,
    config,
    playbooks: request.playbooks,
    only: flags.host,
    phases: request.phases,
    bundleFile: flags.bundle,
    ignore: flags.ignore,
    acceptNew: flags.acceptNew === true,
    emit,
    secrets: redactor,
    signal: interrupt.signal,
  }
  try {
    const prepared = await prepare(options, { lock: true })
    try {
      const { plan } = prepared
      const phases = plan.phases.map(({ phase, title, hosts }) => ({
        id: phase,
        title,
        hosts: hosts.map(({ host }) => host),
      }))
      emit({
        kind: 'run-start',
        command: request.command,
        cluster: config.name,
        hosts: [...prepared.session.hosts.keys()],
        phases,
      })
      const results = await carryOut(options, prepared)
      const failures = failuresOf(results)
      const stopped = interrupt.signal.aborted
      const next =
        stopped || failures.length > 0
          ? [`to go on: slipway ${request.command} -c ${flags.config}`]
          : await request.next(options)
      emit(runEnd(plan, results, (Date.now() - started) / 1000, next, log.path))
      if (stopped) throw new Interrupted()
      if (failures.length > 0)
        throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'several hosts failed')
    } finally {
      await prepared.close()
    }
  } finally {
    interrupt.done()
    log.close()
    await reporter.close()
  }
}
