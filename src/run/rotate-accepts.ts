/**
 * Whether a host lets in what one generation of a CA, or of the key that signs tokens, has signed. Each is tried as its clients do it:
 * with a certificate or a token made for the purpose, in a handshake of its own.
 */
import type { ApiClient } from '../api/client.ts'
import type { HostConfig } from '../config/schema.ts'
import { validityFor } from '../pki/certificate.ts'
import { issuePair, type PemPair } from '../pki/issue.ts'
import type { Generation, RotatableId } from '../pki/rotation/generations.ts'
import { signedAgain } from '../pki/token.ts'
import {
  type Asked,
  administrators,
  apiServerLetsIn,
  apiServerLetsInProxy,
  apiServerTakesToken,
  etcdLetsIn,
  kubeletLetsIn,
  type Verdict,
} from './lets-in.ts'

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

const asClient: Way = async (asked, one) =>
  apiServerLetsIn(asked, await mint(one, 'slipway-proof', administrators))

const asProxy: Way = async (asked, one) => apiServerLetsInProxy(asked, await mint(one, 'front-proxy-client'))

const asEtcdClient: Way = async (asked, one) => etcdLetsIn(asked, await mint(one, 'slipway-proof'))

const asApiServer: Way = async (asked, one) =>
  kubeletLetsIn(asked, await mint(one, 'kube-apiserver-kubelet-client'))

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

const withToken: Way = async (asked, { privatePem = '' }) =>
  apiServerTakesToken(asked, signedAgain(await newToken(await asked.api()), privatePem))

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
