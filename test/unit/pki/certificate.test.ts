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
import { generateKey, localSigner } from '../../../src/pki/keys.ts'
import { subjectOf } from '../../../src/pki/read-certificate.ts'
import { someday } from '../../support/pki.ts'

const days = (count: number): number => count * 86_400

const issuerOf = async (validity = validityFor(someday, days(3650))): Promise<Issuer> => {
  const signer = localSigner(await generateKey('ECDSA-P256'))
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
  p256 = await issuerOf()
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
      { numRuns: 40 },
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
      { numRuns: 40 },
    )
  })

  it('never let a leaf outlive its CA', async () => {
    const issuer = await issuerOf(validityFor(someday, days(10)))
    const read = new X509Certificate(await leaf(issuer))
    expect(read.validToDate).toEqual(new X509Certificate(issuer.certPem).validToDate)
  })

  it('stop at the last year that a certificate can hold', () => {
    expect(validityFor(someday, days(99_999_999)).until.toISOString()).toBe('9999-12-31T23:59:59.000Z')
  })
})
