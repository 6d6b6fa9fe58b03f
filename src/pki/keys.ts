/** Keys and signatures, all by node:crypto. A signer is a value, so that a CA's key may live elsewhere (an HSM, a KMS). */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyAlgorithm } from '../config/schema.ts'

export type Signer = {
  readonly publicKey: KeyObject
  /** Over the hash that `signatureHash` names; ECDSA signatures as DER. */
  readonly sign: (bytes: Uint8Array) => Promise<Buffer>
}

const curves = { 'ECDSA-P256': 'P-256', 'ECDSA-P384': 'P-384' } as const
const moduli = { 'RSA-2048': 2048, 'RSA-3072': 3072, 'RSA-4096': 4096 } as const

const generate = promisify(generateKeyPair)

export const generateKey = async (algorithm: KeyAlgorithm): Promise<KeyObject> => {
  if (algorithm === 'ECDSA-P256' || algorithm === 'ECDSA-P384') {
    return (await generate('ec', { namedCurve: curves[algorithm] })).privateKey
  }
  return (await generate('rsa', { modulusLength: moduli[algorithm] })).privateKey
}

/** As Go's x509 chooses: the hash is as strong as the curve; RSA of any size goes with SHA-256. */
export const signatureHash = (key: KeyObject): 'sha256' | 'sha384' =>
  key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'sha384' : 'sha256'

export const localSigner = (privateKey: KeyObject): Signer => ({
  publicKey: createPublicKey(privateKey),
  sign: async (bytes) => sign(signatureHash(privateKey), bytes, privateKey),
})

/** "EC PRIVATE KEY" or "RSA PRIVATE KEY", the forms that kubeadm writes. */
export const privateKeyPem = (key: KeyObject): string =>
  String(key.export({ type: key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs1', format: 'pem' }))

/** "PUBLIC KEY". */
export const publicKeyPem = (key: KeyObject): string => String(key.export({ type: 'spki', format: 'pem' }))

export const publicKeyDer = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' })

export const signerFromPem = (keyPem: string): Signer => localSigner(createPrivateKey(keyPem))

/** A private key and a public one belong together. Anything that is not a key belongs to nothing. */
export const isKeyPair = (privatePem: string, publicPem: string): boolean => {
  try {
    const derived = createPublicKey(createPrivateKey(privatePem))
    return derived.equals(createPublicKey(publicPem))
  } catch {
    return false
  }
}

const publicKeyBlocks = /-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----/g

/** The public keys of a file that may hold several, each as PEM that ends in a newline. */
export const publicKeysIn = (pem: string): readonly string[] =>
  (pem.match(publicKeyBlocks) ?? []).map((block) => `${block.replaceAll('\r\n', '\n')}\n`)
