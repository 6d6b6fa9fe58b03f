/** What CAs that are kept elsewhere are asked for: the requests as openssl reads them, what it signs, and what is wrong with answers. */
import { createPublicKey, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { KeyAlgorithm } from '../../../src/config/schema.ts'
import { certificateRequest } from '../../../src/pki/csr.ts'
import type { Wanted } from '../../../src/pki/issue.ts'
import { generateKey, privateKeyPem } from '../../../src/pki/keys.ts'
import { type Request, requestFile, requestsFor } from '../../../src/pki/requests.ts'
import { type Answer, answerTo } from '../../../src/pki/take-in.ts'
import { clusterConfig } from '../../support/check-input.ts'
import {
  certificateOf,
  type OpensslCa,
  type OpensslKey,
  opensslCa,
  opensslSign,
} from '../../support/openssl-ca.ts'
import { openssl, verifyWithOpenssl } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const named = (...ids: readonly string[]) => ({
  authorities: Object.fromEntries(ids.map((id) => [id, { certificate: `${id}.crt` }])),
})
const all = clusterConfig({ certificates: named('ca', 'etcdCa', 'frontProxyCa') })

const filesFor = (certificates: object): readonly string[] =>
  requestsFor(clusterConfig({ certificates })).map((request) => requestFile(request, 'csr'))

describe('what is asked for', () => {
  it('is every certificate of every host, sorted by CA, and what this machine needs', () => {
    expect(requestsFor(all).map((request) => requestFile(request, 'csr'))).toEqual([
      'ca/cp1.apiserver.csr',
      'ca/cp1.apiserver-kubelet-client.csr',
      'front-proxy-ca/cp1.front-proxy-client.csr',
      'etcd-ca/cp1.etcd-server.csr',
      'etcd-ca/cp1.etcd-peer.csr',
      'etcd-ca/cp1.etcd-healthcheck-client.csr',
      'etcd-ca/cp1.apiserver-etcd-client.csr',
      'ca/cp1.admin.conf.csr',
      'ca/cp1.kubelet.conf.csr',
      'ca/cp1.controller-manager.conf.csr',
      'ca/cp1.scheduler.conf.csr',
      'ca/w1.kubelet.conf.csr',
      'ca/w2.kubelet.conf.csr',
      'ca/admin.csr',
      'ca/super-admin.csr',
    ])
  })

  it('is only what its CA would sign', () => {
    expect(filesFor(named('frontProxyCa'))).toEqual(['front-proxy-ca/cp1.front-proxy-client.csr'])
  })

  it('is nothing where Slipway has the keys, or a program signs', () => {
    expect(filesFor({})).toEqual([])
    expect(filesFor({ keysOnHosts: false })).toEqual([])
    expect(filesFor({ ...named('ca'), signer: ['sign'] })).toEqual([])
  })
})

const wantedOf = (file: string): Request => {
  const found = requestsFor(all).find((request) => requestFile(request, 'csr') === file)
  if (!found) throw new Error(`there is no request ${file}`)
  return found
}

const apiServer = (): Request => wantedOf('ca/cp1.apiserver.csr')

const keyOf = async (algorithm: KeyAlgorithm = 'ECDSA-P256'): Promise<string> =>
  privateKeyPem(await generateKey(algorithm))

describe('a request', () => {
  it.each<KeyAlgorithm>(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048'])(
    'for a key that is %s says to openssl all that is asked for, and is signed by that key',
    async (algorithm) => {
      const request = await certificateRequest(apiServer().wanted, await keyOf(algorithm))
      const text = openssl(['req', '-verify', '-noout', '-text'], request)
      expect(text).toContain('CN = kube-apiserver')
      expect(text).toContain('DNS:cp1, DNS:kubernetes, DNS:kubernetes.default')
      expect(text).toContain('IP Address:10.96.0.1, IP Address:10.0.0.11')
      expect(text).toMatch(/Extended Key Usage:\s+TLS Web Server Authentication/)
      expect(text).toContain('CA:FALSE')
    },
  )

  it('keeps groups as groups', async () => {
    const request = await certificateRequest(wantedOf('ca/w1.kubelet.conf.csr').wanted, await keyOf())
    expect(openssl(['req', '-noout', '-subject'], request)).toBe(
      'subject=O = system:nodes, CN = system:node:w1\n',
    )
  })
})

const answer = (ca: OpensslCa, request: Request, text: string, keys: readonly string[]): Answer =>
  answerTo(text, { request, authority: { certPem: certificateOf(ca) }, keys, now: new Date() })

const whyOf = (given: Answer): string => (given.kind === 'wrong' ? given.why.join('; ') : given.kind)

describe('an answer', () => {
  it.each<OpensslKey>(['P-256', 'P-384', 'RSA-2048'])(
    'of a CA whose key is %s is taken in, and openssl verifies it',
    async (kind) => {
      const ca = opensslCa(scratchDirectory('ca'), 'Example', { key: kind })
      for (const request of ['ca/cp1.apiserver.csr', 'ca/w1.kubelet.conf.csr'].map(wantedOf)) {
        const key = await keyOf()
        const given = answer(ca, request, opensslSign(ca, await certificateRequest(request.wanted, key)), [
          key,
        ])
        if (given.kind !== 'good') throw new Error(whyOf(given))
        expect(verifyWithOpenssl(given.pair.certPem, certificateOf(ca), new Date())).toContain('OK')
        expect(given.pair.keyPem).toBe(key)
      }
    },
  )

  it('is found among the certificates of CAs that were put along with it', async () => {
    const ca = opensslCa(scratchDirectory('ca'), 'Example')
    const key = await keyOf()
    const signed = opensslSign(ca, await certificateRequest(apiServer().wanted, key))
    const given = answer(ca, apiServer(), certificateOf(ca) + signed.replaceAll('\n', '\r\n'), [key])
    if (given.kind !== 'good') throw new Error(whyOf(given))
    const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' })
    expect(new X509Certificate(given.pair.certPem).publicKey.export({ type: 'spki', format: 'pem' })).toBe(
      publicKey,
    )
  })

  /** Signed for what was wanted, but for what a test changes. */
  const signed = async (changes: Partial<Wanted>, days = 30) => {
    const ca = opensslCa(scratchDirectory('ca'), 'Example')
    const key = await keyOf()
    const request = await certificateRequest({ ...apiServer().wanted, ...changes }, key)
    return { ca, key, text: opensslSign(ca, request, { days }) }
  }

  it.each<[string, Partial<Wanted>, RegExp]>([
    [
      'another subject',
      { subject: { commonName: 'somebody', organizations: ['x'] } },
      /its subject is CN=somebody, O=x; asked for was CN=kube-apiserver/,
    ],
    [
      'names that are missing',
      { names: ['cp1'] },
      /it lacks the names and addresses kubernetes, .*10\.96\.0\.1, 10\.0\.0\.11/,
    ],
    [
      'names that nobody asked for',
      { names: [...apiServer().wanted.names, 'evil.example', 'fd00::1'] },
      /it has the names and addresses evil\.example, fd00:0000:.*0001, not asked for/,
    ],
    [
      'other usages',
      { usages: ['clientAuth'] },
      /it lacks the usages serverAuth; it has the usages clientAuth, not asked for/,
    ],
  ])('with %s is refused, and says so', async (_, changes, why) => {
    const { ca, key, text } = await signed(changes)
    expect(whyOf(answer(ca, apiServer(), text, [key]))).toMatch(why)
  })

  it('says every difference at once', async () => {
    const { ca, key, text } = await signed({ names: [], usages: ['clientAuth'] })
    expect(whyOf(answer(ca, apiServer(), text, [key])).split('; ')).toHaveLength(3)
  })

  it('of another CA is refused with both names', async () => {
    const { key, text } = await signed({})
    const other = opensslCa(scratchDirectory('ca'), 'Other')
    expect(whyOf(answer(other, apiServer(), text, [key]))).toBe(
      'O=Example, CN=Example signed it, and not O=Example, CN=Other, the CA that was asked',
    )
  })

  it('of a CA of the same name with another key is refused', async () => {
    const { key, text } = await signed({})
    const other = opensslCa(scratchDirectory('ca'), 'Example')
    expect(whyOf(answer(other, apiServer(), text, [key]))).toMatch(/signed it, and not/)
  })

  it('for another key, and what is no certificate, are refused', async () => {
    const { ca, text } = await signed({})
    expect(whyOf(answer(ca, apiServer(), text, [await keyOf()]))).toMatch(/for another key/)
    expect(whyOf(answer(ca, apiServer(), 'hello', [await keyOf()]))).toMatch(
      /no certificate that can be read/,
    )
  })

  it('that makes a CA of a server, or has expired, is refused', async () => {
    const folder = scratchDirectory('ca')
    const ca = opensslCa(folder, 'Example')
    const key = await keyOf()
    const request = await certificateRequest(apiServer().wanted, key)
    writeFileSync(join(folder, 'ca.cnf'), 'basicConstraints=CA:TRUE')
    const asCa = opensslSign(ca, request, { extensions: join(folder, 'ca.cnf') })
    expect(whyOf(answer(ca, apiServer(), asCa, [key]))).toContain('it is the certificate of a CA')
    const later = { request: apiServer(), authority: { certPem: certificateOf(ca) }, keys: [key] }
    const inAYear = new Date(Date.now() + 365 * 86_400_000)
    expect(whyOf(answerTo(opensslSign(ca, request), { ...later, now: inAYear }))).toMatch(/it expired on/)
  })
})
