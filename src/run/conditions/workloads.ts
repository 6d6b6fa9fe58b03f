/**
 * A Deployment has as many pods available as it wants, those on hosts that this run does not reach left out: what was on one that is
 * off is put elsewhere only after five minutes.
 */
import type { ApiClient } from '../../api/client.ts'
import { readObject } from '../../api/objects.ts'
import { isReady } from './nodes.ts'
import { type Labels, podsWith } from './pods.ts'
import type { Around, Watched } from './types.ts'

type Counts = { readonly availableReplicas?: number; readonly observedGeneration?: number }

type Wanted = { readonly replicas?: number; readonly selector?: { readonly matchLabels?: Labels } }

const outOfReach = async (
  api: ApiClient,
  namespace: string,
  labels: Labels,
  { connected }: Around,
): Promise<number> => {
  const pods = await podsWith(api, namespace, labels)
  return pods.filter((pod) => pod.spec.nodeName && !connected.has(pod.spec.nodeName) && !isReady(pod)).length
}

export const deploymentAvailable: Watched = {
  id: 'deployment-available',
  look: async (open, { namespace = 'default', name = '' }, around) => {
    const api = await open()
    const metadata = { namespace, name }
    const found = await readObject(api, { apiVersion: 'apps/v1', kind: 'Deployment', metadata })
    const { replicas: wanted = 1, selector } = (found?.['spec'] ?? {}) as Wanted
    const { availableReplicas: available = 0 } = (found?.['status'] ?? {}) as Counts
    if (found && available >= wanted) return { met: true }
    const labels = selector?.matchLabels
    const left = available > 0 && labels ? await outOfReach(api, namespace, labels, around) : 0
    if (found && left > 0 && available >= wanted - left) return { met: true }
    return { met: false, seen: `${available} of ${wanted} pods of ${name} are available` }
  },
  hint: '`kubectl -n NAMESPACE describe pods` says why they are not',
}
