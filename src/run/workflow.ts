/**
 * Carries a plan out. Takes a plan and a function that does one host's part of one phase; gives what came of each part, and says
 * it in events. Every host goes through its phases one after the other; hosts wait for each other only where a phase says so.
 * Nothing is cancelled because another host failed: what does not need the failed part goes on, what needs it is skipped.
 */
import { errorMessage, Interrupted } from '../errors.ts'
import type { HostPlan, PartId, PhasePlan, Plan } from '../plan/types.ts'
import type { Emit, HostOutcome, PhaseSummary } from './events.ts'

export type PartCounts = { readonly changed: number; readonly unchanged: number; readonly pending: number }

export type Part = { readonly phase: PhasePlan; readonly host: HostPlan }

export type DoPart = (part: Part) => Promise<PartCounts>

export type PartResult = PartCounts & {
  readonly phase: string
  readonly host: string
  readonly outcome: HostOutcome
  readonly seconds: number
  readonly error?: unknown
}

const nothing: PartCounts = { changed: 0, unchanged: 0, pending: 0 }

const succeeded = (result: PartResult): boolean =>
  result.outcome === 'changed' || result.outcome === 'unchanged' || result.outcome === 'pending'

const outcomeOf = ({ changed, pending }: PartCounts): HostOutcome =>
  changed > 0 ? 'changed' : pending > 0 ? 'pending' : 'unchanged'

export type WorkflowOptions = {
  readonly emit: Emit
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
}

type Clock = { readonly started: number; readonly now: () => number }

const secondsSince = ({ started, now }: Clock): number => (now() - started) / 1000

const runPart = async (
  part: Part,
  doPart: DoPart,
  { emit, now, signal }: WorkflowOptions,
): Promise<PartResult> => {
  const id = { phase: part.phase.phase, host: part.host.host }
  const clock = { started: now(), now }
  const end = (counts: PartCounts, outcome: HostOutcome, error?: unknown): PartResult => {
    const seconds = secondsSince(clock)
    emit({
      kind: 'host-end',
      ...id,
      outcome,
      seconds,
      ...(error === undefined ? {} : { error: errorMessage(error) }),
    })
    return { ...id, ...counts, outcome, seconds, ...(error === undefined ? {} : { error }) }
  }
  if (signal?.aborted) return end(nothing, 'interrupted')
  emit({ kind: 'host-start', ...id })
  try {
    const counts = await doPart(part)
    return end(counts, outcomeOf(counts))
  } catch (error) {
    return end(nothing, error instanceof Interrupted ? 'interrupted' : 'failed', error)
  }
}

const skip = (part: Part, why: string, { emit }: WorkflowOptions): PartResult => {
  const id = { phase: part.phase.phase, host: part.host.host }
  emit({ kind: 'host-end', ...id, outcome: 'skipped', seconds: 0, error: why })
  return { ...id, ...nothing, outcome: 'skipped', seconds: 0 }
}

/** What a part waits for: its host's previous part, every part of the phases that it needs, and those before it in turn. */
const waitsFor = ({ phase, host }: Part, plan: Plan): readonly PartId[] => {
  const before = plan.phases.slice(0, plan.phases.indexOf(phase))
  const previous = before.findLast(({ hosts }) => hosts.some((each) => each.host === host.host))
  const needed = plan.phases.filter(({ phase: id }) => host.needs.includes(id))
  return [
    ...(previous ? [{ phase: previous.phase, host: host.host }] : []),
    ...needed.flatMap((each) => each.hosts.map((other) => ({ phase: each.phase, host: other.host }))),
    ...(host.after ?? []),
  ]
}

const key = ({ phase, host }: PartId): string => `${phase} ${host}`

export const runWorkflow = async (
  plan: Plan,
  doPart: DoPart,
  options: WorkflowOptions,
): Promise<readonly PartResult[]> => {
  const ends = new Map<string, Promise<PartResult>>()
  const openPhases = new Map<string, number>()
  const start = (part: Part): Promise<PartResult> => {
    const id = key({ phase: part.phase.phase, host: part.host.host })
    const known = ends.get(id)
    if (known) return known
    // Entered before it is awaited by anybody: a part that (wrongly) needs itself would hang, and the registry test looks for it.
    const ended = waitThenRun(part)
    ends.set(id, ended)
    return ended
  }
  const partOf = ({ phase, host }: PartId): Part | undefined => {
    const phasePlan = plan.phases.find((each) => each.phase === phase)
    const hostPlan = phasePlan?.hosts.find((each) => each.host === host)
    return phasePlan && hostPlan && { phase: phasePlan, host: hostPlan }
  }
  const waitThenRun = async (part: Part): Promise<PartResult> => {
    const needed = waitsFor(part, plan).flatMap((id) => partOf(id) ?? [])
    const before = await Promise.all(needed.map((each) => Promise.resolve().then(() => start(each))))
    const failed = before.find((result) => !succeeded(result))
    openPhase(part.phase)
    const result = failed
      ? skip(part, `${failed.phase} on ${failed.host} did not succeed`, options)
      : await runPart(part, doPart, options)
    closePhase(part.phase)
    return result
  }
  const phaseStarted = new Map<string, number>()
  const openPhase = (phase: PhasePlan): void => {
    if (phaseStarted.has(phase.phase)) return
    phaseStarted.set(phase.phase, options.now())
    openPhases.set(phase.phase, phase.hosts.length)
    options.emit({
      kind: 'phase-start',
      phase: phase.phase,
      title: phase.title,
      hosts: phase.hosts.map(({ host }) => host),
    })
  }
  const closePhase = (phase: PhasePlan): void => {
    const left = (openPhases.get(phase.phase) ?? 1) - 1
    openPhases.set(phase.phase, left)
    if (left > 0) return
    const started = phaseStarted.get(phase.phase) ?? options.now()
    options.emit({
      kind: 'phase-end',
      phase: phase.phase,
      seconds: secondsSince({ started, now: options.now }),
    })
  }
  return Promise.all(plan.phases.flatMap((phase) => phase.hosts.map((host) => start({ phase, host }))))
}

export const summarize = (plan: Plan, results: readonly PartResult[]): readonly PhaseSummary[] =>
  plan.phases.map(({ phase }) => {
    const parts = results.filter((result) => result.phase === phase)
    const sum = (count: (part: PartResult) => number) => parts.reduce((total, part) => total + count(part), 0)
    return {
      phase,
      seconds: Math.max(0, ...parts.map(({ seconds }) => seconds)),
      changed: sum(({ changed }) => changed),
      unchanged: sum(({ unchanged }) => unchanged),
      pending: sum(({ pending }) => pending),
      failed: parts.filter(({ outcome }) => outcome === 'failed').length,
    }
  })
