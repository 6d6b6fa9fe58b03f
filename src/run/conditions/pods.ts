/** Pods by their labels. Takes a namespace and labels; gives the few things that conditions look at. */
import type { ApiClient } from '../../api/client.ts'
import type { KubeObject } from '../../api/types.ts'

export type Pod = KubeObject & {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly annotations?: Readonly<Record<string, string>>
    readonly deletionTimestamp?: string
  }
  readonly spec: { readonly nodeName?: string }
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
}

export type Labels = Readonly<Record<string, string>>

export const podsWith = async (
  api: ApiClient,
  namespace: string,
  labels: Labels,
): Promise<readonly Pod[]> => {
  const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`)
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector.join(','))}`
  return (await api.request<{ readonly items: readonly Pod[] }>('GET', path)).items
}
