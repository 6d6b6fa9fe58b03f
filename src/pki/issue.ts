/** A new key and the certificate for it. Takes who it is for and the authority; gives the pair as PEM. */
import { createPublicKey } from 'node:crypto'
import type { KeyAlgorithm } from '../config/schema.ts'
import { issueLeaf, type Validity } from './certificate.ts'
import type { Usage } from './extensions.ts'
import { generateKey, privateKeyPem, signerFromPem } from './keys.ts'
import type { Subject } from './names.ts'

export type PemPair = { readonly certPem: string; readonly keyPem: string }

/** What a certificate should say: also what an existing one is held against. */
export type Wanted = {
  readonly subject: Subject
  readonly usages: readonly Usage[]
  readonly names: readonly string[]
}

export const issuePair = async (
  wanted: Wanted,
  authority: PemPair,
  { algorithm, validity }: { readonly algorithm: KeyAlgorithm; readonly validity: Validity },
): Promise<PemPair> => {
  const key = await generateKey(algorithm)
  const issuer = { certPem: authority.certPem, signer: signerFromPem(authority.keyPem) }
  const certPem = await issueLeaf({ ...wanted, publicKey: createPublicKey(key), validity }, issuer)
  return { certPem, keyPem: privateKeyPem(key) }
}
