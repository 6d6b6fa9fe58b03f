/** A node has registered, and is Ready. Nodes become Ready when their pod network works: the CNI configuration comes last. */
import { readObject } from '../../api/objects.ts'
import type { KubeObject } from '../../api/types.ts'
import type { Watched } from './types.ts'

type NodeCondition = {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
}
type NodeStatus = { readonly conditions?: readonly NodeCondition[] }

/** Nodes and pods both say it of themselves. */
export const isReady = (object: KubeObject): boolean =>
  (object['status'] as NodeStatus | undefined)?.conditions?.some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  ) === true

const nodeRef = (name: string) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name } })

export const nodeRegistered: Watched = {
  id: 'node-registered',
  look: async (api, { node = '' }) =>
    (await readObject(await api(), nodeRef(node)))
      ? { met: true }
      : { met: false, seen: `there is no node ${node} yet` },
  hint: 'on that host, `journalctl -u kubelet -n 50` says what the kubelet waits for',
}

export const nodeReady: Watched = {
  id: 'node-ready',
  look: async (api, { node = '' }) => {
    const found = await readObject(await api(), nodeRef(node))
    const ready = (found?.['status'] as NodeStatus | undefined)?.conditions?.find(
      ({ type }) => type === 'Ready',
    )
    if (ready?.status === 'True') return { met: true }
    return { met: false, seen: ready?.message ?? `node ${node} has not said anything yet` }
  },
  hint: '`kubectl describe node NAME` and `kubectl -n kube-flannel get pods -o wide` say what it waits for',
}
