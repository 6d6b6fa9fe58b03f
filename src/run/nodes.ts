/** The nodes as the cluster sees them. Takes an API client; gives a row a node, sorted by name. */
import type { ApiClient } from '../api/client.ts'
import type { KubeObject } from '../api/types.ts'

export type NodeRow = {
  readonly name: string
  readonly status: 'Ready' | 'NotReady'
  readonly roles: string
  readonly address: string
  readonly version: string
}

type Node = KubeObject & {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[]
    readonly addresses?: readonly { readonly type: string; readonly address: string }[]
    readonly nodeInfo?: { readonly kubeletVersion: string }
  }
}

const rolePrefix = 'node-role.kubernetes.io/'

const rowOf = ({ metadata, status = {} }: Node): NodeRow => {
  const ready = status.conditions?.some((each) => each.type === 'Ready' && each.status === 'True')
  const roles = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(rolePrefix))
  return {
    name: metadata.name,
    status: ready === true ? 'Ready' : 'NotReady',
    roles: roles.map((label) => label.slice(rolePrefix.length)).join(',') || '-',
    address: status.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '-',
    version: status.nodeInfo?.kubeletVersion ?? '-',
  }
}

export const readNodes = async (api: ApiClient): Promise<readonly NodeRow[]> => {
  const { items } = await api.request<{ readonly items: readonly Node[] }>('GET', '/api/v1/nodes')
  return items.map(rowOf).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
