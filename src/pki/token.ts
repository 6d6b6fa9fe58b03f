/**
 * Tokens of service accounts, to prove which key signs them and which are accepted. Takes a token that the cluster made; gives the
 * id of the key that signed it, or the same token signed by another key.
 */
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { signatureHash } from './keys.ts'

/** As the API server names its keys: base64url of the SHA-256 of the public key's DER (pkg/serviceaccount/jwt.go). */
export const tokenKeyId = (publicPem: string): string =>
  createHash('sha256')
    .update(createPublicKey(publicPem).export({ type: 'spki', format: 'der' }))
    .digest('base64url')

const partOf = (token: string, at: number): string => token.split('.')[at] ?? ''

export const signerOfToken = (token: string): string => {
  const header = JSON.parse(Buffer.from(partOf(token, 0), 'base64url').toString('utf8')) as { kid?: unknown }
  return typeof header.kid === 'string' ? header.kid : ''
}

/** RFC 7518 3.1. */
const algorithms = { rsa: 'RS256', sha256: 'ES256', sha384: 'ES384' } as const

export const signedAgain = (token: string, privatePem: string): string => {
  const key = createPrivateKey(privatePem)
  const hash = signatureHash(key)
  const alg = key.asymmetricKeyType === 'rsa' ? algorithms.rsa : algorithms[hash]
  const kid = tokenKeyId(String(createPublicKey(key).export({ type: 'spki', format: 'pem' })))
  const header = Buffer.from(JSON.stringify({ alg, kid })).toString('base64url')
  const content = `${header}.${partOf(token, 1)}`
  const signature = sign(hash, Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}
