/** A CA of the user's own, issued by another: whom its certificates convince, and whom the CAs above it do not bring in. */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createServer, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Authorities, issuerBundle, trustBundle } from '../../../src/pki/authorities.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { readGiven, withGiven } from '../../../src/pki/given.ts'
import type { PemPair } from '../../../src/pki/issue.ts'
import { certificatesIn, issuersIn } from '../../../src/pki/read-certificate.ts'
import { readKubeconfig } from '../../../src/pki/read-kubeconfig.ts'
import { openStore } from '../../../src/pki/store.ts'
import { bootstrapObjects } from '../../../src/render/objects/index.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { certificateOf, type OpensslCa, type OpensslKey, opensslCa } from '../../support/openssl-ca.ts'
import { authoritiesFor, contentsOf, filesOf, issueFor, openssl } from '../../support/pki.ts'
import { renderInput } from '../../support/render-input.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const config = clusterConfig({
  certificates: { authorities: { ca: { certificate: 'chain.crt', key: 'ca.key' } } },
})
const now = new Date()
const named = 'certificates.authorities.ca'

type Made = { readonly root: OpensslCa; readonly ca: OpensslCa; readonly authorities: Authorities }

const made = async (key: OpensslKey = 'P-256'): Promise<Made> => {
  const folder = scratchDirectory('chain')
  const root = opensslCa(folder, 'root', { key })
  const ca = opensslCa(folder, 'issuing', { key, issuer: root })
  const texts = {
    named,
    certificates: certificateOf(ca) + certificateOf(root),
    key: readFileSync(ca.key, 'utf8'),
  }
  const own = await authoritiesFor(config, now)
  return { root, ca, authorities: { ...own, ca: readGiven(texts, now) } }
}

const filesOn = async (authorities: Authorities, host: string) =>
  contentsOf(filesOf(await issueFor(config, authorities, {}, now), host))

const servedPair = async (authorities: Authorities): Promise<PemPair> => {
  const files = await filesOn(authorities, 'cp1')
  const path = '/etc/kubernetes/pki/apiserver'
  return { certPem: files[`${path}.crt`] ?? '', keyPem: files[`${path}.key`] ?? '' }
}

const opensslVerify = (trusted: string, leaf: string, ...how: readonly string[]): string => {
  const folder = scratchDirectory('verify')
  writeFileSync(join(folder, 'trusted.pem'), trusted)
  writeFileSync(join(folder, 'leaf.pem'), leaf)
  // What a server sends behind its own certificate.
  const sent = ['-untrusted', join(folder, 'leaf.pem')]
  const files = ['-CAfile', join(folder, 'trusted.pem'), ...sent, join(folder, 'leaf.pem')]
  return openssl(['verify', ...how, ...files])
}

/** As an API server looks at clients: to Go, whoever is in its file is the end of a chain, also where another CA has issued it. */
const letsIn = (authorities: Authorities, client: PemPair): string =>
  opensslVerify(issuerBundle(authorities.ca), client.certPem, '-partial_chain', '-purpose', 'sslclient')

const dial = async (server: ReturnType<typeof createTcpServer>, options: object): Promise<TLSSocket> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const socket = tlsConnect({ host: '127.0.0.1', port, servername: 'kubernetes', ...options })
  await once(socket, 'secureConnect')
  return socket
}

describe('an intermediate as the CA', () => {
  it.each<OpensslKey>(['P-256', 'P-384', 'RSA-2048'])(
    'whose key is %s: openssl and Node verify what is served by the root alone, and by what clients are given',
    async (key) => {
      const { root, authorities } = await made(key)
      const pair = await servedPair(authorities)
      for (const trusted of [certificateOf(root), trustBundle(authorities.ca)]) {
        expect(opensslVerify(trusted, pair.certPem)).toContain('OK')
        const server = createServer({ cert: pair.certPem, key: pair.keyPem }, (socket) => socket.end())
        const socket = await dial(server, { ca: trusted })
        expect(socket.authorized).toBe(true)
        socket.destroy()
      }
    },
  )

  it('is alone in what signs and in what lets clients in; kubeconfigs hold the whole chain', async () => {
    const { root, ca, authorities } = await made()
    const files = await filesOn(authorities, 'cp1')
    const pki = '/etc/kubernetes/pki'
    const chain = certificateOf(ca) + certificateOf(root)
    expect(files[`${pki}/ca.crt`]).toBe(certificateOf(ca))
    expect(files[`${pki}/ca-bundle.crt`]).toBe(certificateOf(ca))
    expect(files[`${pki}/ca-chain.crt`]).toBe(chain)
    expect(readKubeconfig(files['/etc/kubernetes/scheduler.conf'] ?? '')?.caPem).toBe(chain)
    expect(certificatesIn(files[`${pki}/apiserver.crt`] ?? '').slice(1)).toEqual([certificateOf(ca)])
    expect(certificatesIn(files[`${pki}/etcd/server.crt`] ?? '')).toHaveLength(1)
  })

  it('lets its own clients in, and nobody whom a CA above it has certified', async () => {
    const { root, authorities } = await made()
    const someone = { commonName: 'mallory', organizations: ['system:masters'], seconds: 600, now }
    expect(letsIn(authorities, await mintClient({ ...someone, authorities }))).toContain('OK')
    const above = { certPem: certificateOf(root), keyPem: readFileSync(root.key, 'utf8') }
    const fromAbove = await mintClient({ ...someone, authorities: { ...authorities, ca: above } })
    expect(() => letsIn(authorities, fromAbove)).toThrow(/unable to get local issuer certificate/)
  })

  it('is alone in what hosts that join by themselves are told: they let clients in by it', async () => {
    const { root, ca, authorities } = await made()
    const info = bootstrapObjects(renderInput({ caPem: trustBundle(authorities.ca) })).find(
      ({ metadata }) => metadata.name === 'cluster-info',
    )
    const [, told = ''] = /certificate-authority-data: ([A-Za-z0-9+/=]+)/.exec(JSON.stringify(info)) ?? []
    expect(Buffer.from(told, 'base64').toString('utf8')).toBe(certificateOf(ca))
    // While a CA is being replaced, both are told: neither has issued the other.
    expect(issuersIn(certificateOf(root) + authorities.etcdCa.certPem)).toBe(
      certificateOf(root) + authorities.etcdCa.certPem,
    )
  })

  it('stays on hosts as it is, and is kept as it was', async () => {
    const { authorities } = await made()
    const there = await filesOn(authorities, 'cp1')
    const again = filesOf(await issueFor(config, authorities, { cp1: there }, now), 'cp1')
    expect(again.filter(({ origin }) => origin === 'issued')).toEqual([])
    const store = openStore(join(scratchDirectory('store'), 'demo'))
    await store.save(authorities)
    expect(await store.load()).toEqual(authorities)
  })

  it('that vouches for itself has nothing sent behind its certificates', async () => {
    const ca = opensslCa(scratchDirectory('ca'), 'root')
    const texts = { named, certificates: certificateOf(ca), key: readFileSync(ca.key, 'utf8') }
    const own = await authoritiesFor(config, now)
    const { certPem } = await servedPair({ ...own, ca: readGiven(texts, now) })
    expect(certificatesIn(certPem)).toHaveLength(1)
  })
})

describe('what is named in the cluster file', () => {
  it.each<[string, (folder: string) => Readonly<Record<string, string>>, RegExp]>([
    ['no certificate', () => ({ certificates: 'hello' }), /its certificate cannot be read/],
    [
      'the certificate of a server',
      (folder) => {
        const ca = opensslCa(folder, 'a')
        const request = openssl(['req', '-new', '-key', ca.key, '-subj', '/CN=server'])
        return { certificates: openssl(['x509', '-req', '-CA', ca.certificate, '-CAkey', ca.key], request) }
      },
      /not that of a CA/,
    ],
    [
      'the key of another',
      (folder) => ({
        certificates: certificateOf(opensslCa(folder, 'a')),
        key: readFileSync(opensslCa(folder, 'b').key, 'utf8'),
      }),
      /its key belongs to another certificate/,
    ],
    [
      'a chain in the wrong order',
      (folder) => {
        const root = opensslCa(folder, 'root')
        return { certificates: certificateOf(root) + certificateOf(opensslCa(folder, 'a', { issuer: root })) }
      },
      /certificate 1 was not issued by certificate 2/,
    ],
  ])('is refused where it is %s', (_, texts, why) => {
    const { certificates = '', key } = texts(scratchDirectory('given'))
    expect(() => readGiven({ named, certificates, key }, now)).toThrow(why)
  })

  it('is refused when it has expired', () => {
    const certificates = certificateOf(opensslCa(scratchDirectory('given'), 'a'))
    expect(() => readGiven({ named, certificates }, new Date('2100-01-01'))).toThrow(/it expired on/)
  })

  it('is refused where the cluster has another CA; so is a CA of ours whose key was lost', async () => {
    const { authorities, ca } = await made()
    const other = { certPem: certificateOf(opensslCa(scratchDirectory('other'), 'other')) }
    expect(() => withGiven(authorities, { ca: other }, '.slipway/demo')).toThrow(
      'certificates.authorities.ca names another CA than this cluster',
    )
    const lost = { ...authorities, ca: { certPem: certificateOf(ca) } }
    expect(() => withGiven(lost, {}, '.slipway/demo')).toThrow(
      /the key of this cluster's CA kubernetes is not in/,
    )
    expect(withGiven(lost, { ca: lost.ca }, '.slipway/demo')).toEqual(lost)
  })
})
