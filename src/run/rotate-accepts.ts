/**
 * Whether a host lets in what one generation of a CA, or of the key that signs tokens, has signed. Each is tried as its clients do it:
 * with a certificate or a token made for the purpose, in a handshake of its own.
 */
import type { ApiClient } from '../api/client.ts'
import type { HostConfig } from '../config/schema.ts'
import { apiServerPort } from '../constants.ts'
import type { Host } from '../host/types.ts'
import { validityFor } from '../pki/certificate.ts'
import { issuePair, type PemPair } from '../pki/issue.ts'
import type { Generation, RotatableId } from '../pki/rotation/generations.ts'
import { signedAgain } from '../pki/token.ts'
import { type TlsRequest, tlsRequest } from './tls-request.ts'

export type Asked = {
  readonly host: Host
  readonly config: HostConfig
  readonly api: () => Promise<ApiClient>
}

export type Verdict = 'accepted' | 'refused' | 'no answer'

const etcdClientPort = 2379
const kubeletPort = 10250

/** Long enough for one request, with a clock or two that are not exact. */
const seconds = 600

const mint = (
  { publicPem, privatePem = '' }: Generation,
  commonName: string,
  ...organizations: readonly string[]
): Promise<PemPair> =>
  issuePair(
    { subject: { commonName, organizations }, usages: ['clientAuth'], names: [] },
    { certPem: publicPem, keyPem: privatePem },
    { algorithm: 'ECDSA-P256', validity: validityFor(new Date(), seconds) },
  )

/** Authenticated is let in: what somebody may do besides is not the question. */
const verdictOf = async (request: TlsRequest): Promise<Verdict> => {
  const answer = await tlsRequest(request)
  if (answer.kind === 'answered')
    return answer.status === 401 ? 'refused' : answer.status < 500 ? 'accepted' : 'no answer'
  // A server that does not know the CA of a client's certificate says so in an alert, and ends the connection.
  return /alert|certificate/i.test(answer.why) ? 'refused' : 'no answer'
}

const administrators = 'kubeadm:cluster-admins'
/** Nobody may read it without having been let in. */
const readable = '/api/v1/namespaces/kube-system'

const apiServer = ({ host, config }: Asked): Pick<TlsRequest, 'dial' | 'serverName' | 'path'> => ({
  dial: () => host.connect(config.address, apiServerPort),
  serverName: 'kubernetes',
  path: readable,
})

const asClient = async (asked: Asked, one: Generation): Promise<Verdict> =>
  verdictOf({ ...apiServer(asked), client: await mint(one, 'slipway-proof', administrators) })

/** As the API server of an extension is talked to: whoever has this certificate says who is asking. */
const asProxy = async (asked: Asked, one: Generation): Promise<Verdict> =>
  verdictOf({
    ...apiServer(asked),
    client: await mint(one, 'front-proxy-client'),
    headers: { 'X-Remote-User': 'slipway-proof', 'X-Remote-Group': administrators },
  })

const asEtcdClient = async ({ host, config }: Asked, one: Generation): Promise<Verdict> =>
  verdictOf({
    dial: () => host.connect(config.address, etcdClientPort),
    serverName: config.name,
    path: '/health',
    client: await mint(one, 'slipway-proof'),
  })

const asApiServer = async ({ host, config }: Asked, one: Generation): Promise<Verdict> =>
  verdictOf({
    dial: () => host.connect(config.address, kubeletPort),
    serverName: config.name,
    path: '/healthz',
    client: await mint(one, 'kube-apiserver-kubelet-client'),
  })

type TokenRequest = { readonly status: { readonly token: string } }

/** One that the cluster makes for an account that every cluster has; it lives ten minutes, the shortest there is. */
export const newToken = async (api: ApiClient): Promise<string> => {
  const path = '/api/v1/namespaces/kube-system/serviceaccounts/default/token'
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: seconds },
  }
  return (await api.request<TokenRequest>('POST', path, { body })).status.token
}

const withToken = async (asked: Asked, { privatePem = '' }: Generation): Promise<Verdict> => {
  const token = signedAgain(await newToken(await asked.api()), privatePem)
  return verdictOf({ ...apiServer(asked), headers: { Authorization: `Bearer ${token}` } })
}

type Way = (asked: Asked, one: Generation) => Promise<Verdict>

/** Whom to ask, and how: a kubelet is everywhere, the rest where a control plane is. */
export const waysIn = (
  id: RotatableId,
  role: HostConfig['role'],
): readonly { readonly to: string; readonly ask: Way }[] => {
  const kubelet = { to: 'the kubelet', ask: asApiServer }
  if (role === 'worker') return id === 'ca' ? [kubelet] : []
  const ways = {
    ca: [{ to: 'the API server', ask: asClient }, kubelet],
    frontProxyCa: [{ to: 'the API server, for a proxy', ask: asProxy }],
    etcdCa: [{ to: 'etcd', ask: asEtcdClient }],
    sa: [{ to: 'the API server, for a token', ask: withToken }],
  }
  return ways[id]
}
