/**
 * Puts a plan together. Takes what planning may know, playbooks and the hosts each is for; gives tasks for every host, in order.
 * Pure. A host for which a phase has nothing to do is not in that phase.
 */
import type { HostConfig } from '../config/schema.ts'
import type { Phase, PlanInput } from '../phases/types.ts'
import type { HostPlan, PhasePlan, Plan } from './types.ts'

export type PlaybookRun = { readonly phases: readonly Phase[]; readonly hosts: readonly HostConfig[] }

const hostPlan = (input: PlanInput, phase: Phase, host: HostConfig): readonly HostPlan[] => {
  if (!phase.roles.includes(host.role)) return []
  const tasks = phase.tasks(input, host)
  return tasks.length === 0 ? [] : [{ host: host.name, needs: phase.needs?.(host) ?? [], tasks }]
}

/** Several playbooks side by side: a phase that stands in two of them is one phase, with the hosts of both. */
export const buildPlan = (input: PlanInput, runs: readonly PlaybookRun[]): Plan => {
  const phases = new Map<string, PhasePlan>()
  for (const { phases: ordered, hosts } of runs) {
    for (const phase of ordered) {
      const known = phases.get(phase.id) ?? { phase: phase.id, title: phase.title, hosts: [] }
      const added = hosts.flatMap((host) => hostPlan(input, phase, host))
      phases.set(phase.id, { ...known, hosts: [...known.hosts, ...added] })
    }
  }
  return { phases: [...phases.values()].filter(({ hosts }) => hosts.length > 0) }
}
