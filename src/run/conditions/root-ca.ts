/** Every namespace has the CA to trust, as the controller manager publishes it. */
import type { ApiClient } from '../../api/client.ts'
import type { Watched } from './types.ts'

type Namespace = { readonly metadata: { readonly name: string; readonly deletionTimestamp?: string } }

type ConfigMap = {
  readonly metadata: { readonly namespace: string }
  readonly data?: Readonly<Record<string, string>>
}

type List<T> = { readonly items: readonly T[] }

/** One that is being deleted gets nothing any more. */
const namespaces = async (api: ApiClient): Promise<readonly string[]> => {
  const { items } = await api.request<List<Namespace>>('GET', '/api/v1/namespaces')
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ metadata }) => metadata.name)
}

/** By namespace. */
const published = async (api: ApiClient): Promise<ReadonlyMap<string, string | undefined>> => {
  const path = '/api/v1/configmaps?fieldSelector=metadata.name%3Dkube-root-ca.crt'
  const { items } = await api.request<List<ConfigMap>>('GET', path)
  return new Map(items.map(({ metadata, data }) => [metadata.namespace, data?.['ca.crt']]))
}

export const rootCaPublished: Watched = {
  id: 'root-ca-published',
  look: async (open, { caPem = '' }) => {
    const api = await open()
    const [all, given] = await Promise.all([namespaces(api), published(api)])
    const without = all.filter((name) => given.get(name) !== caPem)
    // Some are there as long as there is an API server: none is no answer.
    if (all.length > 0 && without.length === 0) return { met: true }
    const [some, more] = [without.slice(0, 3).join(', '), without.length > 3 ? ' and others' : '']
    return { met: false, seen: `${without.length} namespaces do not have it: ${some}${more}` }
  },
  hint: 'on a control plane, `crictl logs` of the kube-controller-manager says why it does not write kube-root-ca.crt',
}
