/** That new certificates are used is proved by real TLS servers that have them, and doubted of servers that have others. */
import { once } from 'node:events'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { beforeAll, expect, it, onTestFinished } from 'vitest'
import { createApiClient } from '../../../src/api/client.ts'
import { pkiDirectory } from '../../../src/constants.ts'
import type { Host } from '../../../src/host/types.ts'
import { type Authorities, trustBundle } from '../../../src/pki/authorities.ts'
import { mintClient } from '../../../src/pki/client.ts'
import type { PemPair } from '../../../src/pki/issue.ts'
import type { Sight } from '../../../src/run/conditions/types.ts'
import { type Given, proofOfUse } from '../../../src/run/renew-proof.ts'
import { clusterConfig, healthyFacts } from '../../support/check-input.ts'
import { authoritiesFor, contentsOf, filesOf, issueFor } from '../../support/pki.ts'

const config = clusterConfig()
const now = new Date()

type Files = Given['files']
let authorities: Authorities
/** What the host had, and what it has now. */
let before: Files
let after: Files
beforeAll(async () => {
  authorities = await authoritiesFor(config, now)
  before = contentsOf(filesOf(await issueFor(config, authorities, {}, now), 'cp1'))
  const anew = await issueFor(config, authorities, { cp1: before }, now, () => true)
  after = contentsOf(filesOf(anew, 'cp1'))
})

const pairIn = (files: Files, file: string): PemPair => ({
  certPem: files[`${pkiDirectory}/${file}.crt`] ?? '',
  keyPem: files[`${pkiDirectory}/${file}.key`] ?? '',
})

/** Lets in whom this CA has signed for; says of a lease that it was renewed, another time each time, if somebody leads. */
const serve = async (
  { certPem, keyPem }: PemPair,
  ca: string,
  { leading = true }: { readonly leading?: boolean } = {},
): Promise<number> => {
  const state = { renewals: 0 }
  const server = createServer({
    cert: certPem,
    key: keyPem,
    ca,
    requestCert: true,
    rejectUnauthorized: false,
  })
  server.on('request', ({ socket }, response) => {
    response.statusCode = (socket as TLSSocket).authorized ? 200 : 401
    if (leading) state.renewals++
    const spec = { renewTime: `2026-11-21T12:00:${10 + state.renewals}.000000Z` }
    // A list of what there is, and the one lease: each is asked for what it is.
    const resources = [{ name: 'leases', kind: 'Lease', namespaced: true }]
    response.end(JSON.stringify({ resources, spec }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

type Cluster = {
  /** What each port serves. */
  readonly apiServer?: PemPair
  readonly etcd?: PemPair
  readonly kubelet?: PemPair
  /** Whose clients the API server lets in. */
  readonly trusting?: string
  readonly leading?: boolean
  readonly notServed?: string
}

/** How it looks the second time: of a leader nothing is known the first time. */
const sightOf = async (cluster: Cluster): Promise<Sight> => {
  const ca = trustBundle(authorities.ca) + trustBundle(authorities.frontProxyCa)
  const etcdCa = trustBundle(authorities.etcdCa)
  const kubelet = cluster.kubelet ?? pairIn(after, 'apiserver')
  const ports: Readonly<Record<number, number>> = {
    6443: await serve(cluster.apiServer ?? pairIn(after, 'apiserver'), cluster.trusting ?? ca, cluster),
    2379: await serve(cluster.etcd ?? pairIn(after, 'etcd/server'), etcdCa),
    2380: await serve(pairIn(after, 'etcd/peer'), etcdCa),
    10250: await serve(kubelet, ca),
  }
  const dial: Host['connect'] = async (_address, port) => {
    const socket = connect(ports[port] ?? 0, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  const who = { commonName: 'slipway', organizations: ['kubeadm:cluster-admins'] }
  const credentials = await mintClient({ authorities, ...who, seconds: 600, now })
  const api = createApiClient({ dial: () => dial('', 6443), caPem: trustBundle(authorities.ca), credentials })
  onTestFinished(() => api.close())
  const refuse = () => Promise.reject(new Error('nothing is run on this host'))
  const host: Host = { name: 'cp1', connect: dial, exec: refuse, close: async () => undefined }
  const [cp1] = config.hosts
  const facts = healthyFacts(config).get('cp1')
  if (!cp1 || !facts) throw new Error('the cluster of this test has a control plane')
  const { look } = proofOfUse({
    proven: (_name, open) => ({ host, config: cp1, facts, api: open }),
    given: () => ({ files: after, kubelet: undefined, notServed: cluster.notServed }),
  })
  const around = { host, connected: new Set(['cp1']), memory: new Map<string, string>() }
  await look(async () => api, { host: 'cp1' }, around)
  return look(async () => api, { host: 'cp1' }, around)
}

it('a control plane that serves the new ones, lets in their holders and has leaders does as it should', async () => {
  expect(await sightOf({ notServed: pairIn(before, 'apiserver').certPem })).toEqual({ met: true })
})

it('what is doubted is told, each by its name', async () => {
  const own = pairIn(before, 'apiserver')
  const seen = await sightOf({
    apiServer: own,
    etcd: pairIn(before, 'etcd/server'),
    kubelet: own,
    notServed: own.certPem,
    leading: false,
  })
  expect(seen).toEqual({
    met: false,
    seen: [
      'port 6443 does not serve apiserver.crt yet',
      'port 2379 does not serve etcd/server.crt yet',
      'no kube-controller-manager leads yet',
      'no kube-scheduler leads yet',
      'the kubelet still serves its certificate of before',
    ].join('; '),
  })
})

it('clients that are not let in are doubted, those of another CA only', async () => {
  const seen = await sightOf({ trusting: trustBundle(authorities.ca) })
  expect(seen).toEqual({ met: false, seen: 'who comes with front-proxy-client: refused' })
})
