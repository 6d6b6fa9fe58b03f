/** Certificates of every kind of key, as openssl reads them. */
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { KeyAlgorithm } from '../../../src/config/schema.ts'
import { type Issuer, issueLeaf, selfSignedAuthority, validityFor } from '../../../src/pki/certificate.ts'
import { generateKey, localSigner, privateKeyPem } from '../../../src/pki/keys.ts'
import { everyAlgorithm, openssl, someday, verifyWithOpenssl } from '../../support/pki.ts'

const tenYears = validityFor(someday, 3650 * 86_400)

/** Made once: those of RSA take seconds. */
const keys = new Map<KeyAlgorithm, KeyObject>()
beforeAll(async () => {
  for (const algorithm of everyAlgorithm) keys.set(algorithm, await generateKey(algorithm))
})

const keyOf = (algorithm: KeyAlgorithm = 'ECDSA-P256'): KeyObject => {
  const key = keys.get(algorithm)
  if (!key) throw new Error(`no key is ${algorithm}`)
  return key
}

const issuerOf = async (algorithm: KeyAlgorithm, validity = tenYears): Promise<Issuer> => {
  const signer = localSigner(keyOf(algorithm))
  return { certPem: await selfSignedAuthority('kubernetes', validity, signer), signer }
}

const leafOf = (issuer: Issuer, key: KeyObject, names: readonly string[] = []): Promise<string> =>
  issueLeaf(
    {
      subject: { commonName: 'someone', organizations: [] },
      usages: ['serverAuth', 'clientAuth'],
      names,
      publicKey: createPublicKey(key),
      validity: validityFor(someday, 365 * 86_400),
    },
    issuer,
  )

describe.each(everyAlgorithm)('%s', (algorithm) => {
  it('signs a leaf that openssl verifies strictly', async () => {
    const issuer = await issuerOf(algorithm)
    expect(verifyWithOpenssl(await leafOf(issuer, keyOf()), issuer.certPem)).toContain('OK')
  })

  it('is a key that openssl reads, and that belongs to its certificate', async () => {
    const issuer = await issuerOf('ECDSA-P384')
    const key = keyOf(algorithm)
    const pem = await leafOf(issuer, key)
    expect(verifyWithOpenssl(pem, issuer.certPem)).toContain('OK')
    expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true)
    expect(openssl(['pkey', '-noout', '-check'], privateKeyPem(key))).toContain('Key is valid')
    const label = algorithm.startsWith('RSA') ? 'RSA PRIVATE KEY' : 'EC PRIVATE KEY'
    expect(privateKeyPem(key)).toMatch(new RegExp(`^-----BEGIN ${label}-----\n`))
  })
})

it('shows names first, then addresses, each once', async () => {
  const names = ['10.0.0.1', '::1', '*.example', 'cp1', '10.0.0.1']
  const pem = await leafOf(await issuerOf('ECDSA-P256'), keyOf(), names)
  expect(openssl(['x509', '-noout', '-ext', 'subjectAltName'], pem)).toContain(
    'DNS:*.example, DNS:cp1, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1',
  )
})

it.each([
  ['2049-12-31T23:59:59Z', '491231235959Z', 'UTCTIME'],
  ['2050-01-01T00:00:00Z', '20500101000000Z', 'GENERALIZEDTIME'],
])('%s is written as %s', async (until, written, type) => {
  const validity = { from: someday, until: new Date(until) }
  const parsed = openssl(['asn1parse'], (await issuerOf('ECDSA-P256', validity)).certPem)
  expect(parsed).toMatch(new RegExp(`${type}\\s+:${written}`))
})
