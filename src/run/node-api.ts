/**
 * The API as this very node may use it: with the certificate that its kubelet got. Takes the cluster and its CA; gives clients, and
 * an error that says so while the kubelet has no certificate yet.
 */
import { readFile } from 'node:fs/promises'
import { type ApiClient, createApiClient } from '../api/client.ts'
import { dial } from '../api/discovery.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { kubeletClientCertificate } from '../constants.ts'
import { apiEndpoint } from '../phases/render-input.ts'
import type { ClusterApi } from './cluster-api.ts'

export const nodeApi = (config: ClusterConfig, caPem: string, signal?: AbortSignal): ClusterApi => {
  const opened: ApiClient[] = []
  const open = async (): Promise<ApiClient> => {
    const [known] = opened
    if (known) return known
    // Certificate and key are in one file, which the kubelet replaces whole.
    const pem = await readFile(kubeletClientCertificate, 'utf8').catch((cause: unknown) => {
      throw new Error('the kubelet has no certificate yet', { cause })
    })
    const client = createApiClient({
      dial: () => dial(apiEndpoint(config)),
      caPem,
      credentials: { certPem: pem, keyPem: pem },
      signal,
    })
    opened.push(client)
    return client
  }
  return {
    admin: open,
    superAdmin: () => Promise.reject(new Error('a node is nobody’s administrator')),
    close: () => {
      for (const client of opened) client.close()
    },
  }
}
