/** Just the API of a cluster, for commands that need no host but the control plane. Takes the cluster file; gives a client. */
import type { ApiClient } from '../api/client.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import type { Authorities } from '../pki/authorities.ts'
import { authoritiesOf } from './client-kubeconfig.ts'
import type { Cluster } from './cluster.ts'
import { clusterApi } from './cluster-api.ts'
import { connectCluster } from './session.ts'

export const withApi = async <T>(
  cluster: Cluster,
  work: (api: ApiClient, authorities: Authorities) => Promise<T>,
): Promise<T> => {
  const authorities = await authoritiesOf(cluster)
  const { clusterFile, config, secrets } = cluster
  const first = firstControlPlane(config)
  const hosts = await connectCluster({ clusterFile, config, hosts: [first], acceptNew: false, secrets })
  const [host] = [...hosts.values()]
  if (!host) throw new Error(`not connected to ${first.name}`)
  const api = clusterApi(host, config, authorities)
  try {
    return await work(await api.admin(), authorities)
  } finally {
    api.close()
    await host.close()
  }
}
