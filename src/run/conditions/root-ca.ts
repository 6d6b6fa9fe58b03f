/** Every namespace has the CA to trust, as the controller manager publishes it. */
import type { Watched } from './types.ts'

type ConfigMaps = {
  readonly items: readonly {
    readonly metadata: { readonly namespace: string }
    readonly data?: Readonly<Record<string, string>>
  }[]
}

export const rootCaPublished: Watched = {
  id: 'root-ca-published',
  look: async (api, { caPem = '' }) => {
    const query = '?fieldSelector=metadata.name%3Dkube-root-ca.crt'
    const { items } = await (await api()).request<ConfigMaps>('GET', `/api/v1/configmaps${query}`)
    const stale = items.filter(({ data }) => data?.['ca.crt'] !== caPem)
    if (stale.length === 0) return { met: true }
    const some = stale.slice(0, 3).map(({ metadata }) => metadata.namespace)
    return { met: false, seen: `${stale.length} namespaces have others, such as ${some.join(', ')}` }
  },
  hint: 'on a control plane, `crictl logs` of the kube-controller-manager says why it does not write kube-root-ca.crt',
}
