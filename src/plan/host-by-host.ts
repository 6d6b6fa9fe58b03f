/**
 * A plan for a cluster that is in use, when what is done on one host has nothing to do with others. Takes a plan and which hosts are
 * control planes; gives the same with an order: control planes one after the other, each from its first phase to its last, then the
 * other hosts, some of them at once. Where one host ends badly none is begun any more. Pure.
 */
import type { PartId, Plan } from './types.ts'

/** Kubelets that are restarted at the same time. All of them ask the API for everything when they start. */
const atOnce = 10

export const hostByHost = ({ phases }: Plan, controlPlanes: readonly string[]): Plan => {
  const all = [...new Set(phases.flatMap(({ hosts }) => hosts.map(({ host }) => host)))]
  const leading = all.filter((name) => controlPlanes.includes(name))
  const others = all.filter((name) => !controlPlanes.includes(name))
  const phasesOf = (name: string): readonly string[] =>
    phases.filter(({ hosts }) => hosts.some(({ host }) => host === name)).map(({ phase }) => phase)
  const ahead = (name: string): string | undefined => {
    const at = others.indexOf(name)
    if (at >= atOnce) return others[at - atOnce]
    return at === -1 ? leading[leading.indexOf(name) - 1] : leading.at(-1)
  }
  const endOf = (name: string | undefined): readonly PartId[] => {
    const phase = name === undefined ? undefined : phasesOf(name).at(-1)
    return name === undefined || phase === undefined ? [] : [{ phase, host: name }]
  }
  return {
    phases: phases.map((plan) => ({
      ...plan,
      hosts: plan.hosts.map((each) => ({
        ...each,
        needs: [],
        after: plan.phase === phasesOf(each.host)[0] ? endOf(ahead(each.host)) : [],
      })),
    })),
  }
}
