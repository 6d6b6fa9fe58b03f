/**
 * Every addon that is a DaemonSet runs as its template says now, on every host that this run reaches: one that is off comes back with
 * its old pods, and they are replaced then. A DaemonSet replaces pod by pod, and stops where a node is off; those on other nodes are
 * then deleted here one by one, which makes it put new ones in their place.
 */
import { type ApiClient, ApiError } from '../../api/client.ts'
import type { KubeObject } from '../../api/types.ts'
import { isReady } from './nodes.ts'
import { type Labels, type Pod, podsWith } from './pods.ts'
import type { Watched } from './types.ts'

const annotation = 'slipway.dev/configuration'

type DaemonSet = KubeObject & {
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels: Labels
        readonly annotations?: Readonly<Record<string, string>>
      }
    }
  }
}

type List<T> = { readonly items: readonly T[] }

type Nodes = { readonly reached: ReadonlySet<string>; readonly someOff: boolean }

/** A node is said to be Ready for up to a minute after its host was turned off: who is there is known from the connections. */
const readNodes = async (api: ApiClient, connected: ReadonlySet<string>): Promise<Nodes> => {
  const { items } = await api.request<List<KubeObject>>('GET', '/api/v1/nodes')
  const isThere = (node: KubeObject): boolean => connected.has(node.metadata.name)
  return {
    reached: new Set(items.filter(isThere).map(({ metadata }) => metadata.name)),
    someOff: items.some((node) => !isThere(node) || !isReady(node)),
  }
}

const remove = async (api: ApiClient, { metadata }: Pod): Promise<void> => {
  await api
    .request('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`)
    .catch((error: unknown) => {
      if (!(error instanceof ApiError && error.status === 404)) throw error
    })
}

const isOld = ({ metadata }: Pod, wanted: string): boolean => metadata.annotations?.[annotation] !== wanted

const runs = (pod: Pod): boolean => pod.metadata.deletionTimestamp === undefined && isReady(pod)

/** Where the DaemonSet stops, one at a time: when all but old ones work, the next old one may go. */
const follow = async (
  api: ApiClient,
  set: DaemonSet,
  { reached, someOff }: Nodes,
): Promise<string | undefined> => {
  const wanted = set.spec.template.metadata.annotations?.[annotation]
  if (wanted === undefined) return undefined
  const all = await podsWith(api, set.metadata.namespace ?? '', set.spec.template.metadata.labels)
  const pods = all.filter(({ spec }) => reached.has(spec.nodeName ?? ''))
  const behind = pods.filter((pod) => isOld(pod, wanted) || !runs(pod))
  const missing = reached.size - new Set(pods.map(({ spec }) => spec.nodeName)).size
  if (behind.length === 0 && missing === 0) return undefined
  const [next] = behind
  const allRun = behind.every((pod) => isOld(pod, wanted) && runs(pod))
  if (someOff && next && missing === 0 && allRun) await remove(api, next)
  return `${behind.length + missing} pods of ${set.metadata.name} are still to be replaced`
}

export const addonsFollow: Watched = {
  id: 'addons-follow',
  look: async (open, _args, { connected }) => {
    const api = await open()
    const nodes = await readNodes(api, connected)
    const { items } = await api.request<List<DaemonSet>>('GET', '/apis/apps/v1/daemonsets')
    const seen = (await Promise.all(items.map((set) => follow(api, set, nodes)))).flatMap(
      (each) => each ?? [],
    )
    return seen.length === 0 ? { met: true } : { met: false, seen: seen.join('; ') }
  },
  hint: '`kubectl get pods -A -o wide` and `kubectl describe` say why a new one does not start',
}
