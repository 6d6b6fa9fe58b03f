/**
 * A plan for a cluster that is in use. Takes a plan; gives the same with an order in which somebody always serves: a phase begins
 * when the one before has ended everywhere, control planes are restarted one after the other, each only when the one before works
 * again, and of other hosts only some do the same thing at once. Pure.
 */
import type { HostPlan, PartId, PhasePlan, Plan } from './types.ts'

/** These are done as one, control plane by control plane. They end with what shows that it works again. */
const asOne: readonly string[] = [
  'control-plane/apiserver',
  'etcd',
  'wait-control-plane',
  'control-plane/controllers',
]

/** Kubelets that are restarted at the same time. All of them ask the API for everything when they start. */
const atOnce = 10

const before = <T>(list: readonly T[], at: number, distance: number): readonly T[] =>
  at < distance ? [] : list.slice(at - distance, at - distance + 1)

export const inTurn = ({ phases }: Plan): Plan => {
  const restarts = phases.map(({ phase }) => phase).filter((phase) => asOne.includes(phase))
  const [first, last] = [restarts[0], restarts.at(-1)]
  const ordered = (plan: PhasePlan, at: number): PhasePlan => {
    const within = asOne.includes(plan.phase) && plan.phase !== first
    const previous = phases[at - 1]?.phase
    const needs = within || previous === undefined ? [] : [previous]
    const turn = (index: number): readonly PartId[] => {
      if (within) return []
      const [ahead] = before(plan.hosts, index, plan.phase === first ? 1 : atOnce)
      return ahead
        ? [{ phase: plan.phase === first ? (last ?? plan.phase) : plan.phase, host: ahead.host }]
        : []
    }
    return {
      ...plan,
      hosts: plan.hosts.map((host, index): HostPlan => ({ ...host, needs, after: turn(index) })),
    }
  }
  return { phases: phases.map(ordered) }
}
