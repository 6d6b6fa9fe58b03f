/** The controller manager and the scheduler are at work: each holds its lease. Until then no node is let in and no pod is placed. */
import { readObject } from '../../api/objects.ts'
import type { Watched } from './types.ts'

const components = ['kube-controller-manager', 'kube-scheduler'] as const

type Lease = { readonly holderIdentity?: string }

export const controllersLead: Watched = {
  id: 'controllers-lead',
  look: async (api) => {
    const client = await api()
    const holds = async (name: string): Promise<boolean> => {
      const ref = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { namespace: 'kube-system', name },
      }
      const lease = (await readObject(client, ref))?.['spec'] as Lease | undefined
      return (lease?.holderIdentity ?? '') !== ''
    }
    const held = await Promise.all(components.map(holds))
    const waiting = components.filter((_, at) => held[at] !== true)
    return waiting.length === 0
      ? { met: true }
      : { met: false, seen: `${waiting.join(' and ')} ${waiting.length === 1 ? 'does' : 'do'} not lead yet` }
  },
  hint: 'on a control plane, `crictl ps -a` and `crictl logs ID` say why they do not start',
}
