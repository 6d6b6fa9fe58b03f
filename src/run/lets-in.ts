/**
 * Whether a component lets a client in, tried as its clients do it: with a certificate or a token, in a handshake of its own. Takes a
 * host and who is asking; gives a verdict.
 */
import type { ApiClient } from '../api/client.ts'
import type { HostConfig } from '../config/schema.ts'
import { apiServerPort } from '../constants.ts'
import type { Host } from '../host/types.ts'
import type { PemPair } from '../pki/issue.ts'
import { type TlsRequest, tlsRequest } from './tls-request.ts'

export type Asked = {
  readonly host: Host
  readonly config: HostConfig
  readonly api: () => Promise<ApiClient>
}

export type Verdict = 'accepted' | 'refused' | 'no answer'

export const etcdClientPort = 2379
export const kubeletPort = 10250

/** Authenticated is let in: what somebody may do besides is not the question. */
const verdictOf = async (request: TlsRequest): Promise<Verdict> => {
  const answer = await tlsRequest(request)
  if (answer.kind === 'answered')
    return answer.status === 401 ? 'refused' : answer.status < 500 ? 'accepted' : 'no answer'
  // A server that does not know the CA of a client's certificate says so in an alert, and ends the connection.
  return /alert|certificate/i.test(answer.why) ? 'refused' : 'no answer'
}

export const administrators = 'kubeadm:cluster-admins'
/** Nobody may read it without having been let in. */
const readable = '/api/v1/namespaces/kube-system'

const apiServer = ({ host, config }: Asked): Pick<TlsRequest, 'dial' | 'serverName' | 'path'> => ({
  dial: () => host.connect(config.address, apiServerPort),
  serverName: 'kubernetes',
  path: readable,
})

export const apiServerLetsIn = (asked: Asked, client: PemPair): Promise<Verdict> =>
  verdictOf({ ...apiServer(asked), client })

export const apiServerTakesToken = (asked: Asked, token: string): Promise<Verdict> =>
  verdictOf({ ...apiServer(asked), headers: { Authorization: `Bearer ${token}` } })

/** As the API server of an extension is talked to: whoever has this certificate says who is asking. */
export const apiServerLetsInProxy = (asked: Asked, client: PemPair): Promise<Verdict> =>
  verdictOf({
    ...apiServer(asked),
    client,
    headers: { 'X-Remote-User': 'slipway-proof', 'X-Remote-Group': administrators },
  })

export const etcdLetsIn = ({ host, config }: Asked, client: PemPair): Promise<Verdict> =>
  verdictOf({
    dial: () => host.connect(config.address, etcdClientPort),
    serverName: config.name,
    path: '/health',
    client,
  })

export const kubeletLetsIn = ({ host, config }: Asked, client: PemPair): Promise<Verdict> =>
  verdictOf({
    dial: () => host.connect(config.address, kubeletPort),
    serverName: config.name,
    path: '/healthz',
    client,
  })
