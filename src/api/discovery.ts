/**
 * How a host that knows nothing but a token and a hash finds its cluster. Takes where the API is, and both; gives the API's own
 * address, the CA to trust, and this host's address on the way there. Nothing is believed before it is verified.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectTimeoutMs } from '../constants.ts'
import { errorMessage, UserError } from '../errors.ts'
import { type ApiClient, ApiError, createApiClient } from './client.ts'
import {
  type ClusterInfo,
  type Discovered,
  signatureFor,
  type Trusted,
  verifyClusterInfo,
} from './cluster-info.ts'

export type Endpoint = { readonly host: string; readonly port: number }

/** The controller that signs cluster-info looks at a new token within a second or two. */
const newTokenSeconds = 10

const path = '/api/v1/namespaces/kube-public/configmaps/cluster-info'

export const dial = async ({ host, port }: Endpoint): Promise<Socket> => {
  const socket = connect({ host, port, timeout: connectTimeoutMs })
  socket.once('timeout', () => socket.destroy(new Error(`no answer within ${connectTimeoutMs / 1000} s`)))
  await once(socket, 'connect')
  socket.setTimeout(0)
  return socket
}

const unreachable = ({ host, port }: Endpoint, cause: unknown): UserError => {
  const refused = cause instanceof ApiError
  const what = refused ? 'does not say what cluster it is' : 'cannot be reached from this host'
  return new UserError(`the API at ${host}:${port} ${what}: ${errorMessage(cause)}`, {
    cause,
    hint: refused
      ? 'nodes can only join where anybody may read the ConfigMap cluster-info in kube-public'
      : 'look at the address, at firewalls on the way, and whether the control plane is up',
    exitCode: 1,
  })
}

const readInfo = async (api: ApiClient, endpoint: Endpoint): Promise<ClusterInfo> => {
  try {
    return (await api.request<{ readonly data?: ClusterInfo }>('GET', path)).data ?? {}
  } catch (cause) {
    throw unreachable(endpoint, cause)
  }
}

const readSigned = async (api: ApiClient, endpoint: Endpoint, token: string): Promise<ClusterInfo> => {
  const deadline = Date.now() + newTokenSeconds * 1000
  for (;;) {
    const info = await readInfo(api, endpoint)
    if (info['kubeconfig'] === undefined || signatureFor(info, token) || Date.now() > deadline) return info
    await sleep(500)
  }
}

const withClient = async <T>(
  endpoint: Endpoint,
  caPem: string | undefined,
  work: (api: ApiClient) => Promise<T>,
): Promise<T> => {
  const api = createApiClient({ dial: () => dial(endpoint), caPem, credentials: undefined })
  try {
    return await work(api)
  } finally {
    api.close()
  }
}

/** Once without trust, to be verified by the token and the hash; once more with the CA that came of it, and both must agree. */
export const discover = async (endpoint: Endpoint, trusted: Trusted): Promise<Discovered> => {
  const first = await withClient(endpoint, undefined, (api) => readSigned(api, endpoint, trusted.token))
  const found = verifyClusterInfo(first, trusted)
  const second = await withClient(endpoint, found.caPem, (api) => readInfo(api, endpoint))
  if (second['kubeconfig'] !== first['kubeconfig'])
    throw new UserError('cluster-info changed while it was being read', { hint: 'run it again', exitCode: 1 })
  return found
}

/** Of a host with several networks, the address on the one where the cluster is. */
export const addressTowards = async (endpoint: Endpoint): Promise<string> => {
  const socket = await dial(endpoint).catch((cause: unknown) => {
    throw unreachable(endpoint, cause)
  })
  const address = socket.localAddress ?? ''
  socket.destroy()
  return address.replace(/^::ffff:/, '')
}
