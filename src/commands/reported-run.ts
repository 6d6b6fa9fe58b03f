/**
 * A run with all that goes around it: reporter, log, Ctrl-C, and the summary at the end. Takes how to prepare it and what to say
 * next; gives back when it is done, and throws what went wrong, after having said it.
 */
import { Interrupted } from '../errors.ts'
import type { Plan } from '../plan/types.ts'
import { openLog } from '../report/log-file.ts'
import type { Redactor } from '../report/redact.ts'
import { createReporter } from '../report/reporter.ts'
import { carryOut, type Prepared, type RunAround } from '../run/cluster-run.ts'
import type { Emit, RunEvent } from '../run/events.ts'
import { type PartResult, summarize } from '../run/workflow.ts'

export type ReportedRun = {
  readonly command: string
  readonly cluster: string
  readonly output: 'text' | 'json'
  readonly verbose: boolean
  /** The folder for the log. */
  readonly logs: string
  readonly prepare: (around: RunAround) => Promise<Prepared>
  /** What to do next, when all went well. */
  readonly next: () => readonly string[] | Promise<readonly string[]>
  /** The command that goes on from where this one stopped. */
  readonly goOn: string
}

/** What draws on a terminal hides the cursor, and shows it again when it has ended. */
const showCursor = '\u001b[?25h'

/** The first Ctrl-C ends the run in order, the second one ends the process. */
const interruptible = (): { readonly signal: AbortSignal; readonly done: () => void } => {
  const controller = new AbortController()
  const done = (): void => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  const stop = (signal: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      controller.abort()
      return
    }
    if (process.stderr.isTTY) process.stderr.write(showCursor)
    // With nobody listening any more, it does what it does to every process.
    done()
    process.kill(process.pid, signal)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return { signal: controller.signal, done }
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
  const unchanged = total((phase) => phase.unchanged)
  return { kind: 'run-end', outcome, seconds, changed, unchanged, phases, next, log }
}

const runStart = (command: string, cluster: string, { plan, session }: Prepared): RunEvent => ({
  kind: 'run-start',
  command,
  cluster,
  hosts: [...session.hosts.keys()],
  phases: plan.phases.map(({ phase, title, hosts }) => ({
    id: phase,
    title,
    hosts: hosts.map(({ host }) => host),
  })),
})

const runPrepared = async (
  { command, cluster, prepare, next, goOn }: ReportedRun,
  around: RunAround,
  log: string,
): Promise<void> => {
  const started = Date.now()
  const prepared = await prepare(around).catch((error: unknown) => {
    const stopped = error instanceof Interrupted
    throw stopped ? new Interrupted(`interrupted; nothing was changed. To go on: ${goOn}`) : error
  })
  try {
    around.emit(runStart(command, cluster, prepared))
    const results = await carryOut(around, prepared)
    const failures = failuresOf(results)
    const stopped = around.signal?.aborted === true
    const then = stopped || failures.length > 0 ? [`to go on: ${goOn}`] : await next()
    around.emit(runEnd(prepared.plan, results, (Date.now() - started) / 1000, then, log))
    if (stopped) throw new Interrupted()
    if (failures.length > 0)
      throw failures.length === 1 ? failures[0] : new AggregateError(failures, 'several hosts failed')
  } finally {
    await prepared.close()
  }
}

export const reportedRun = async (redactor: Redactor, run: ReportedRun): Promise<void> => {
  const { redact } = redactor
  const { stdout, stderr } = process
  const reporter = createReporter({ output: run.output, verbose: run.verbose, stdout, stderr, redact })
  const log = openLog(run.logs, run.command, redact)
  const emit: Emit = (event) => {
    log.emit(event)
    reporter.emit(event)
  }
  const interrupt = interruptible()
  try {
    await runPrepared(run, { emit, secrets: redactor, signal: interrupt.signal }, log.path)
  } finally {
    interrupt.done()
    log.close()
    await reporter.close()
  }
}
