/** Whatever is certified, by whatever kind of key: OpenSSL and Node find it good. Go's own judgement is in the end-to-end tests. */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KeyAlgorithm } from '../../../src/config/schema.ts'
import { issueLeaf, selfSignedAuthority, validityFor } from '../../../src/pki/certificate.ts'
import { generateKey, localSigner } from '../../../src/pki/keys.ts'
import { isIssuedBy } from '../../../src/pki/read-certificate.ts'
import { openssl, someday, verifyWithOpenssl } from '../../support/pki.ts'

const year = 365 * 86_400

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$/)
const name = fc.oneof(
  label,
  label.map((first) => `*.${first}.example`),
  fc.constant('a'.repeat(60)),
  fc.ipV4(),
  fc.ipV6(),
)
const wanted = fc.record({
  commonName: label,
  organizations: fc.array(fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }), {
    maxLength: 3,
  }),
  names: fc.array(name, { maxLength: 6 }),
  usages: fc.subarray(['serverAuth', 'clientAuth'] as const, { minLength: 1 }),
  // Before and after 2050, where dates are written in another form.
  now: fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
  seconds: fc.integer({ min: 600, max: 60 * year }),
})

/** RFC 7093 method 1, from the numbers that a key is made of and not from its DER, which is what is tested. */
const keyIdOf = (key: KeyObject): string => {
  const { x = '', y = '' } = key.asymmetricKeyType === 'ec' ? key.export({ format: 'jwk' }) : {}
  const bits =
    key.asymmetricKeyType === 'ec'
      ? Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
      : key.export({ type: 'pkcs1', format: 'der' })
  return createHash('sha256').update(bits).digest('hex').slice(0, 40).toUpperCase()
}

const shownKeyId = (pem: string, extension: string): string | undefined =>
  /\n\s+([0-9A-F:]{59})\n/.exec(openssl(['x509', '-noout', '-ext', extension], pem))?.[1]?.replaceAll(':', '')

const expectGoodSerial = ({ serialNumber }: X509Certificate): void => {
  expect(serialNumber).toMatch(/^[0-9A-F]{1,40}$/)
  expect(BigInt(`0x${serialNumber}`)).toBeGreaterThan(0n)
}

describe.each<KeyAlgorithm>(['ECDSA-P256', 'ECDSA-P384', 'RSA-2048'])(
  'a CA with a key of %s',
  (algorithm) => {
    it('signs what OpenSSL and Node verify, whoever it is for and whenever', async () => {
      const [key, own] = await Promise.all([generateKey(algorithm), generateKey(algorithm)])
      const signer = localSigner(key)
      await fc.assert(
        fc.asyncProperty(wanted, async ({ commonName, organizations, names, usages, now, seconds }) => {
          const caPem = await selfSignedAuthority('kubernetes', validityFor(now, 70 * year), signer)
          const subject = { commonName, organizations }
          const pem = await issueLeaf(
            { subject, names, usages, publicKey: createPublicKey(own), validity: validityFor(now, seconds) },
            { certPem: caPem, signer },
          )
          expect(verifyWithOpenssl(pem, caPem, new Date(now.getTime() + (seconds - 1) * 1000))).toContain(
            'OK',
          )
          expect(() => verifyWithOpenssl(pem, caPem, new Date(now.getTime() + (seconds + 1) * 1000))).toThrow(
            /expired/,
          )
          expect(isIssuedBy(pem, caPem)).toBe(true)
          const read = new X509Certificate(pem)
          expectGoodSerial(read)
          expectGoodSerial(new X509Certificate(caPem))
          for (const each of names)
            expect(isIP(each) ? read.checkIP(each) : read.subjectAltName?.split(', ')).toContain(
              isIP(each) ? each : `DNS:${each}`,
            )
          expect(shownKeyId(caPem, 'subjectKeyIdentifier')).toBe(keyIdOf(signer.publicKey))
          expect(shownKeyId(pem, 'authorityKeyIdentifier')).toBe(keyIdOf(signer.publicKey))
        }),
        { numRuns: 8 },
      )
    })

    it('is told from another one of the same name', async () => {
      const [one, other] = await Promise.all(
        [1, 2].map(async () => {
          const signer = localSigner(await generateKey(algorithm))
          return {
            signer,
            certPem: await selfSignedAuthority('kubernetes', validityFor(someday, year), signer),
          }
        }),
      )
      if (!one || !other) throw new Error('there are not two CAs')
      const leaf = await issueLeaf(
        {
          subject: { commonName: 'someone', organizations: [] },
          names: [],
          usages: ['clientAuth'],
          publicKey: other.signer.publicKey,
          validity: validityFor(someday, 3600),
        },
        one,
      )
      expect(isIssuedBy(leaf, other.certPem)).toBe(false)
      expect(() => verifyWithOpenssl(leaf, other.certPem)).toThrow(/verify|issuer/i)
    })
  },
)

it('no two certificates have one serial number', async () => {
  const signer = localSigner(await generateKey('ECDSA-P256'))
  const validity = validityFor(someday, year)
  const all = await Promise.all(
    Array.from({ length: 200 }, () => selfSignedAuthority('kubernetes', validity, signer)),
  )
  expect(new Set(all.map((pem) => new X509Certificate(pem).serialNumber)).size).toBe(200)
})
