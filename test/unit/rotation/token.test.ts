/** Tokens signed again are tokens: Node verifies them, as an API server would, with the key that their header names. */
import { createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { KeyAlgorithm } from '../../../src/config/schema.ts'
import { createTokenKey } from '../../../src/pki/authorities.ts'
import { signatureHash } from '../../../src/pki/keys.ts'
import { signedAgain, signerOfToken, tokenKeyId } from '../../../src/pki/token.ts'
import { clusterConfig } from '../../support/check-input.ts'

const payload = { iss: 'https://kubernetes.default.svc', sub: 'system:serviceaccount:kube-system:default' }
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = `${encoded({ alg: 'ES256', kid: 'of another key' })}.${encoded(payload)}.c2lnbmF0dXJl`

describe.each<[KeyAlgorithm, string]>([
  ['ECDSA-P256', 'ES256'],
  ['ECDSA-P384', 'ES384'],
  ['RSA-2048', 'RS256'],
])('with a key of %s', (algorithm, alg) => {
  it('says the same, by another', async () => {
    const { certificates } = clusterConfig({ certificates: { algorithm } })
    const { privatePem, publicPem } = await createTokenKey(certificates)
    const again = signedAgain(token, privatePem)
    const [header = '', body = '', signature = ''] = again.split('.')
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
      alg,
      kid: tokenKeyId(publicPem),
    })
    expect(body).toBe(token.split('.')[1])
    expect(signerOfToken(again)).toBe(tokenKeyId(publicPem))
    const key = { key: createPublicKey(publicPem), dsaEncoding: 'ieee-p1363' } as const
    const hash = signatureHash(createPrivateKey(privatePem))
    const proves = (text: string) => verify(hash, Buffer.from(text), key, Buffer.from(signature, 'base64url'))
    expect(proves(`${header}.${body}`)).toBe(true)
    expect(proves(`${header}.${body}x`)).toBe(false)
  })
})
