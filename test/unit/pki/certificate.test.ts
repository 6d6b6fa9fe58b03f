import { createPublicKey, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Issuer,
  issueLeaf,
  selfSignedAuthority,
  serialFrom,
  validityFor,
} from '../../../src/pki/certificate.ts'
import { generateKey, localSigner, privateKeyPem } from '../../../src/pki/keys.ts'
import { subjectOf } from '../../../src/pki/read-certificate.ts'
import { everyAlgorithm, openssl, someday, verifyWithOpenssl } from '../../support/pki.ts'

const days = (count: number): number => count * 86_400

const issuerOf = async (
  algorithm: (typeof everyAlgorithm)[number],
  validity = validityFor(someday, days(3650)),
): Promise<Issuer> => {
  const signer = localSigner(await generateKey(algorithm))
  return { certPem: await selfSignedAuthority('kubernetes', validity, signer), signer }
}

const leaf = async (issuer: Issuer, changes: Partial<Parameters<typeof issueLeaf>[0]> = {}) =>
  issueLeaf(
    {
      subject: { commonName: 'someone', organizations: [] },
      usages: ['serverAuth', 'clientAuth'],
      names: [],
      publicKey: createPublicKey(await generateKey('ECDSA-P256')),
      validity: validityFor(someday, days(365)),
      ...changes,
    },
    issuer,
  )

let p256: Issuer
beforeAll(async () => {
  p256 = await issuerOf('ECDSA-P256')
})

describe('every kind of key', () => {
  it.each(everyAlgorithm)('%s: openssl verifies a leaf strictly, and reads the key', async (algorithm) => {
    const issuer = await issuerOf(algorithm)
    const key = await generateKey(algorithm)
    const pem = await leaf(issuer, { publicKey: createPublicKey(key) })
    expect(verifyWithOpenssl(pem, issuer.certPem)).toContain('OK')
    expect(new X509Certificate(pem).checkPrivateKey(key)).toBe(true)
    expect(openssl(['pkey', '-noout', '-check'], privateKeyPem(key))).toContain('Key is valid')
  })

  it.each([
    ['ECDSA-P384', 'EC PRIVATE KEY'],
    ['RSA-2048', 'RSA PRIVATE KEY'],
  ] as const)('%s keys are written as %s', async (algorithm, label) => {
    expect(privateKeyPem(await generateKey(algorithm))).toMatch(new RegExp(`^-----BEGIN ${label}-----\n`))
  })
})

describe('serial numbers', () => {
  it('are positive, never zero, and as long as RFC 5280 allows at most', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
        const serial = serialFrom(random)
        expect(serial[0]).toBeGreaterThan(0)
        expect(serial[0]).toBeLessThan(0x80)
        expect(serial.length).toBeLessThanOrEqual(20)
      }),
    )
  })
})

describe('names', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/)
  const dnsName = fc.oneof(
    label,
    fc.tuple(label, label).map((labels) => labels.join('.')),
    label.map((name) => `*.${name}.example`),
    fc.constant('a'.repeat(60)),
  )
  const name = fc.oneof(dnsName, fc.ipV4(), fc.ipV6())

  it('are all in the certificate, once, and nothing else', async () => {
    const publicKey = createPublicKey(await generateKey('ECDSA-P256'))
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 8 }), async (names) => {
        const read = new X509Certificate(await leaf(p256, { names, publicKey }))
        for (const each of names) {
          if (isIP(each)) expect(read.checkIP(each)).toBe(each)
          else expect(read.subjectAltName?.split(', ')).toContain(`DNS:${each}`)
        }
        const listed = read.subjectAltName?.split(', ') ?? []
        expect(new Set(listed).size).toBe(listed.length)
        expect(listed.length).toBeLessThanOrEqual(names.length)
      }),
      { numRuns: 60 },
    )
  })

  it('come as openssl shows them: names first, then addresses', async () => {
    const pem = await leaf(p256, { names: ['10.0.0.1', '::1', '*.example', 'cp1', '10.0.0.1'] })
    expect(openssl(['x509', '-noout', '-ext', 'subjectAltName'], pem)).toContain(
      'DNS:*.example, DNS:cp1, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    )
  })

  it('keep organizations that X.500 thinks odd', async () => {
    const subject = { commonName: 'system:node:cp1', organizations: ['system:nodes', 'ünï', 'a+b'] }
    const { commonName, organizations } = subjectOf(new X509Certificate(await leaf(p256, { subject })))
    expect(commonName).toBe('system:node:cp1')
    expect(organizations.toSorted()).toEqual(subject.organizations.toSorted())
  })
})

describe('dates', () => {
  const moment = fc.date({
    min: new Date('1990-01-01'),
    max: new Date('2120-01-01'),
    noInvalidDate: true,
  })

  it('are kept to the second on either side of 2050', async () => {
    const publicKey = createPublicKey(await generateKey('ECDSA-P256'))
    await fc.assert(
      fc.asyncProperty(moment, fc.integer({ min: 1, max: days(36_500) }), async (now, seconds) => {
        const issuer = {
          ...p256,
          certPem: await selfSignedAuthority('ca', validityFor(now, days(99_999)), p256.signer),
        }
        const read = new X509Certificate(
          await leaf(issuer, { publicKey, validity: validityFor(now, seconds) }),
        )
        const start = Math.floor(now.getTime() / 1000)
        expect(read.validFromDate.getTime() / 1000).toBe(start - 300)
        expect(read.validToDate.getTime() / 1000).toBe(start + seconds)
      }),
      { numRuns: 60 },
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

  it('never let a leaf outlive its CA', async () => {
    const issuer = await issuerOf('ECDSA-P256', validityFor(someday, days(10)))
    const read = new X509Certificate(await leaf(issuer))
    expect(read.validToDate).toEqual(new X509Certificate(issuer.certPem).validToDate)
  })

  it('stop at the last year that a certificate can hold', () => {
    expect(validityFor(someday, days(99_999_999)).until.toISOString()).toBe('9999-12-31T23:59:59.000Z')
  })
})
