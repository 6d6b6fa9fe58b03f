/** The API of the cluster, through a control plane's SSH connection, with certificates that live an hour and only in memory. */
import { type ApiClient, createApiClient } from '../api/client.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { apiServerPort } from '../constants.ts'
import type { Host } from '../host/types.ts'
import { type Authorities, trustBundle } from '../pki/authorities.ts'
import { type Administrator, administratorClient } from '../pki/client.ts'

/** Long enough for the longest run, useless when it is stolen afterwards. */
const credentialSeconds = 3600

export type ClusterApi = {
  readonly admin: () => Promise<ApiClient>
  /** For the one object that admin's own rights come from. system:masters cannot be revoked: it is never written anywhere. */
  readonly superAdmin: () => Promise<ApiClient>
  readonly close: () => void
}

export const clusterApi = (
  host: Host,
  config: ClusterConfig,
  authorities: Authorities,
  signal?: AbortSignal,
): ClusterApi => {
  const address = config.hosts.find(({ name }) => name === host.name)?.address ?? '127.0.0.1'
  const open = async (as: Administrator): Promise<ApiClient> => {
    const credentials = await administratorClient(as, {
      authorities,
      seconds: credentialSeconds,
      now: new Date(),
    })
    return createApiClient({
      dial: () => host.connect(address, apiServerPort),
      caPem: trustBundle(authorities.ca),
      credentials,
      signal,
    })
  }
  const opened = new Map<Administrator, Promise<ApiClient>>()
  const once = (as: Administrator): Promise<ApiClient> => {
    const known = opened.get(as) ?? open(as)
    opened.set(as, known)
    return known
  }
  return {
    admin: () => once('admin'),
    superAdmin: () => once('super-admin'),
    close: () => {
      for (const client of opened.values()) client.then((api) => api.close()).catch(() => undefined)
    },
  }
}
