/**
 * From a token and a hash to all that joining needs to know. Takes what stood on the command line; gives the cluster as it describes
 * itself, with this host in it, or a refusal before anything on this host was changed.
 */
import { hostname } from 'node:os'
import { type ApiClient, ApiError, createApiClient } from '../api/client.ts'
import type { Trusted } from '../api/cluster-info.ts'
import { addressTowards, dial, discover, type Endpoint } from '../api/discovery.ts'
import { tokenId } from '../api/tokens.ts'
import { configOfCluster } from '../config/from-cluster.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { clusterNameAnnotation } from '../constants.ts'
import { UserError } from '../errors.ts'

export type Wanted = Trusted & {
  readonly endpoint: Endpoint
  readonly nodeName: string | undefined
  readonly nodeIp: string | undefined
}

export type DiscoveredCluster = { readonly config: ClusterConfig; readonly caPem: string }

type ConfigMap = {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
}

/** A token that has expired may stand in cluster-info for some seconds more; that it lets nobody in shows here. */
const refusal = (token: string, error: ApiError): UserError =>
  error.status === 401
    ? new UserError(`the cluster does not accept the token ${tokenId(token)} any more: it has expired`, {
        hint: 'make a new one: slipway token create --print-join-command',
      })
    : new UserError(`the token ${tokenId(token)} is not one to join with: ${error.message}`, {
        hint: 'it has to be for authentication, in the group system:bootstrappers:kubeadm:default-node-token',
      })

const readConfigMap = async (api: ApiClient, token: string, name: string): Promise<ConfigMap> => {
  try {
    return await api.request<ConfigMap>('GET', `/api/v1/namespaces/kube-system/configmaps/${name}`)
  } catch (error) {
    throw error instanceof ApiError ? refusal(token, error) : error
  }
}

/** `https://10.0.0.11:6443`; without a port it is https's own. */
const endpointOf = (server: string): Endpoint => {
  const { hostname: host, port } = new URL(server)
  return { host, port: port === '' ? 443 : Number(port) }
}

export const discoverCluster = async (wanted: Wanted): Promise<DiscoveredCluster> => {
  const { server, caPem } = await discover(wanted.endpoint, wanted)
  const endpoint = endpointOf(server)
  const { token } = wanted
  const api = createApiClient({ dial: () => dial(endpoint), caPem, credentials: { token } })
  try {
    const cluster = await readConfigMap(api, token, 'kubeadm-config')
    const kubelet = await readConfigMap(api, token, 'kubelet-config')
    const config = configOfCluster(
      {
        cluster: cluster.data?.['ClusterConfiguration'] ?? '',
        kubelet: kubelet.data?.['kubelet'] ?? '',
        name: cluster.metadata.annotations?.[clusterNameAnnotation],
      },
      {
        name: (wanted.nodeName ?? hostname()).toLowerCase(),
        address: wanted.nodeIp ?? (await addressTowards(endpoint)),
        endpoint,
      },
    )
    return { config, caPem }
  } finally {
    api.close()
  }
}
