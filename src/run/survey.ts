/**
 * One look at everything, before anything is done: all steps of all phases of a host in one program, in check mode. Takes a plan;
 * gives, for each host, what each step would do. It is what `plan` shows, and what lets a run skip what is right already.
 */
import { compileProgram } from '../host/compile-program.ts'
import type { StepResult } from '../host/program-types.ts'
import { runProgram } from '../host/run-program.ts'
import type { Host } from '../host/types.ts'
import type { Plan } from '../plan/types.ts'

export type Survey = ReadonlyMap<string, readonly StepResult[]>

export const sectionsOf = (plan: Plan, host: string) =>
  plan.phases.flatMap(({ phase, hosts }) => {
    const steps = hosts
      .filter((each) => each.host === host)
      .flatMap(({ tasks }) => tasks.flatMap((task) => (task.kind === 'steps' ? task.steps : [])))
    return steps.length > 0 ? [{ phase, steps }] : []
  })

export const survey = async (plan: Plan, hosts: readonly Host[], signal?: AbortSignal): Promise<Survey> => {
  const looked = await Promise.all(
    hosts.map(async (host) => {
      const program = compileProgram({ sections: sectionsOf(plan, host.name), mode: 'check' })
      return [host.name, await runProgram(host, program, { doing: 'looking at the host', signal })] as const
    }),
  )
  return new Map(looked)
}

/** From the first phase with something to do on, a host may not be as it was seen: only phases before it can be skipped. */
export const stillTrue = (results: readonly StepResult[]): ReadonlyMap<string, readonly StepResult[]> => {
  const phases = [...new Set(results.map(({ phase }) => phase))]
  const dirty = phases.findIndex((phase) =>
    results.some((result) => result.phase === phase && result.status !== 'unchanged'),
  )
  const trusted = dirty === -1 ? phases : phases.slice(0, dirty)
  return new Map(trusted.map((phase) => [phase, results.filter((result) => result.phase === phase)]))
}
