/**
 * Puts a plan together. Takes what planning may know, playbooks and the hosts each is for; gives tasks for every host, in order.
 * Pure. A host for which a phase has nothing to do is not in that phase.
 */
import type { HostConfig } from '../config/schema.ts'
import type { Phase, PlanInput } from '../phases/types.ts'
import { mergeOrders } from './order.ts'
import type { HostPlan, PhasePlan, Plan } from './types.ts'

export type PlaybookRun = { readonly phases: readonly Phase[]; readonly hosts: readonly HostConfig[] }

const hostPlan = (input: PlanInput, phase: Phase, host: HostConfig): readonly HostPlan[] => {
  if (!phase.roles.includes(host.role)) return []
  const tasks = phase.tasks(input, host)
  return tasks.length === 0 ? [] : [{ host: host.name, needs: phase.needs?.(host) ?? [], tasks }]
}

/** Several playbooks side by side: a phase that stands in two of them is one phase, with the hosts of both. */
export const buildPlan = (input: PlanInput, runs: readonly PlaybookRun[]): Plan => {
  const order = mergeOrders(runs.map(({ phases }) => phases.map(({ id }) => id)))
  const phasePlans = order.map((id): PhasePlan => {
    const parts = runs.flatMap(({ phases, hosts }) =>
      phases.filter((phase) => phase.id === id).map((phase) => ({ phase, hosts })),
    )
    return {
      phase: id,
      title: parts[0]?.phase.title ?? id,
      hosts: parts.flatMap(({ phase, hosts }) => hosts.flatMap((host) => hostPlan(input, phase, host))),
    }
  })
  return { phases: phasePlans.filter(({ hosts }) => hosts.length > 0) }
}
