/** A Deployment has as many pods available as it wants. */
import { readObject } from '../../api/objects.ts'
import type { Watched } from './types.ts'

type Counts = { readonly availableReplicas?: number; readonly observedGeneration?: number }

export const deploymentAvailable: Watched = {
  id: 'deployment-available',
  look: async (api, { namespace = 'default', name = '' }) => {
    const found = await readObject(await api(), {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { namespace, name },
    })
    const wanted = (found?.['spec'] as { readonly replicas?: number } | undefined)?.replicas ?? 1
    const available = (found?.['status'] as Counts | undefined)?.availableReplicas ?? 0
    if (found && available >= wanted) return { met: true }
    return { met: false, seen: `${available} of ${wanted} pods of ${name} are available` }
  },
  hint: '`kubectl -n NAMESPACE describe pods` says why they are not',
}
