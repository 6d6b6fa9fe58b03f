/**
 * The controller manager and the scheduler are at work: a process of each that runs now holds its lease. Until then no node is let in
 * and no pod is placed. A lease of one that was replaced on this host is given back: the new one would wait 15 s for it.
 */
import type { ApiClient } from '../../api/client.ts'
import { hostComponents } from './host-components.ts'
import { giveBack, judge, type Lease, readLease } from './leases.ts'
import type { Around, Watched } from './types.ts'

const components = ['kube-controller-manager', 'kube-scheduler'] as const

/** When it had been renewed as it was first seen in this wait. */
const renewedBefore = ({ component, holder, renewed }: Lease, { memory }: Around): number => {
  const key = `${component} of ${holder}`
  const before = memory.get(key) ?? String(renewed)
  memory.set(key, before)
  return Number(before)
}

/** Leases first: a process that held one of them and still runs is then among those that are found. */
const thoseThatLead = async (api: ApiClient, around: Around): Promise<readonly string[]> => {
  const leases = (await Promise.all(components.map((each) => readLease(api, each)))).flatMap(
    (lease) => lease ?? [],
  )
  if (leases.length === 0) return []
  const running = await hostComponents(around)
  const judged = leases.map((lease) => ({
    lease,
    verdict: judge(lease, renewedBefore(lease, around), running),
  }))
  const left = judged.filter(({ verdict }) => verdict === 'ended')
  await Promise.all(left.map(({ lease }) => giveBack(api, lease)))
  return judged.filter(({ verdict }) => verdict === 'leads').map(({ lease }) => lease.component)
}

export const controllersLead: Watched = {
  id: 'controllers-lead',
  look: async (open, _args, around) => {
    const leading = await thoseThatLead(await open(), around)
    const waiting = components.filter((each) => !leading.includes(each))
    return waiting.length === 0
      ? { met: true }
      : { met: false, seen: `${waiting.join(' and ')} ${waiting.length === 1 ? 'does' : 'do'} not lead yet` }
  },
  hint: 'on a control plane, `crictl ps -a` and `crictl logs ID` say why they do not start',
}
