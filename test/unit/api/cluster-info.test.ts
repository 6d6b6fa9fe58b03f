/** What a host that knows only a token and a hash may believe. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ClusterInfo, isSignedBy, verifyClusterInfo } from '../../../src/api/cluster-info.ts'
import { createAuthorities } from '../../../src/pki/authorities.ts'
import { caHash } from '../../../src/pki/ca-hash.ts'
import { clusterInfoKubeconfig } from '../../../src/pki/kubeconfigs.ts'

const token = 'abcdef.0123456789abcdef'
const server = 'https://10.0.0.11:6443'

const encoded = (text: string): string => Buffer.from(text).toString('base64url')

/** RFC 7515, appendix F: signed whole, sent without its payload. */
const sign = (
  text: string,
  { header = '{"alg":"HS256","kid":"abcdef"}', secret = '0123456789abcdef' } = {},
) => {
  const mac = createHmac('sha256', secret)
    .update(`${encoded(header)}.${encoded(text)}`)
    .digest('base64url')
  return `${encoded(header)}..${mac}`
}

const ca: { pem: string; other: string } = { pem: '', other: '' }

beforeAll(async () => {
  const certificates = { algorithm: 'ECDSA-P256', validity: '365d', caValidity: '3650d' } as const
  const now = new Date('2026-01-01T00:00:00Z')
  ca.pem = (await createAuthorities(certificates, now)).ca.certPem
  ca.other = (await createAuthorities(certificates, now)).ca.certPem
})

const info = (over: Partial<Record<string, string>> = {}): ClusterInfo => {
  const kubeconfig = clusterInfoKubeconfig({ server, caPem: ca.pem })
  const all = { kubeconfig, 'jws-kubeconfig-abcdef': sign(kubeconfig), ...over }
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

const verify = (data: ClusterInfo, hash = caHash(ca.pem)) =>
  verifyClusterInfo(data, { token, caHashes: [hash] })

describe('cluster-info', () => {
  test('is believed when the token signed it and the CA is the one that was asked for', () => {
    expect(verify(info())).toEqual({ server, caPem: ca.pem })
  })

  test('is believed during a rotation, when one of its CAs is the one that was asked for', () => {
    const kubeconfig = clusterInfoKubeconfig({ server, caPem: ca.other + ca.pem })
    expect(verify(info({ kubeconfig, 'jws-kubeconfig-abcdef': sign(kubeconfig) })).server).toBe(server)
  })

  const refusals: readonly (readonly [string, () => ClusterInfo, RegExp])[] = [
    [
      'a token that the cluster does not know',
      () => info({ 'jws-kubeconfig-abcdef': undefined }),
      /knows no token abcdef.*expired/,
    ],
    [
      'a token whose second half is wrong',
      () => info({ 'jws-kubeconfig-abcdef': sign(info()['kubeconfig'] ?? '', { secret: 'x' }) }),
      /second half/,
    ],
    [
      'a text that was changed after it was signed',
      () => info({ kubeconfig: clusterInfoKubeconfig({ server: 'https://10.6.6.6:6443', caPem: ca.pem }) }),
      /second half/,
    ],
    ['no kubeconfig at all', () => info({ kubeconfig: undefined }), /no cluster that nodes can join/],
    [
      'a kubeconfig that names no cluster',
      () => info({ kubeconfig: 'clusters: []', 'jws-kubeconfig-abcdef': sign('clusters: []') }),
      /no cluster that nodes can join/,
    ],
  ]
  test.each(refusals)('is refused with %s', (_what, data, message) => {
    expect(() => verify(data())).toThrow(message)
  })

  test('is refused when the CA is another one, whose hash is told', () => {
    expect(() => verify(info(), caHash(ca.other))).toThrow(caHash(ca.pem))
  })

  test('no refusal shows the secret half of a token', () => {
    for (const [, data] of refusals) expect(() => verify(data())).not.toThrow('0123456789abcdef')
  })
})

describe('a detached signature', () => {
  test('is a token’s own for any text, and no other’s', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, other) => {
        expect(isSignedBy(token, text, sign(text))).toBe(true)
        if (text !== other) expect(isSignedBy(token, other, sign(text))).toBe(false)
        expect(isSignedBy('abcdef.0000000000000000', text, sign(text))).toBe(false)
      }),
    )
  })

  test.each([
    ['an algorithm that signs nothing', '{"alg":"none","kid":"abcdef"}'],
    ['the id of another token', '{"alg":"HS256","kid":"zzzzzz"}'],
    ['no JSON', 'HS256'],
  ])('is not accepted with %s in its header', (_what, header) => {
    expect(isSignedBy(token, 'text', sign('text', { header }))).toBe(false)
  })

  test('is not accepted with a payload of its own', () => {
    expect(isSignedBy(token, 'text', sign('text').replace('..', `.${encoded('text')}.`))).toBe(false)
  })

  test.each(['', '.', '..', '...', 'a..', '..a'])('is not accepted when it is %j', (broken) => {
    expect(isSignedBy(token, 'text', broken)).toBe(false)
  })
})
