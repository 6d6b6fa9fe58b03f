/** A new key and the certificate for it. Takes who it is for and the authority; gives the pair as PEM. */
import { createPublicKey } from 'node:crypto'
import type { KeyAlgorithm } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { issueLeaf, type Validity } from './certificate.ts'
import type { Usage } from './extensions.ts'
import { generateKey, privateKeyPem, type Signer, signerFromPem } from './keys.ts'
import type { Subject } from './names.ts'
import { certificatesIn, isIssuedBy } from './read-certificate.ts'

export type PemPair = { readonly certPem: string; readonly keyPem: string }

/** A CA, and how it signs. With neither a key nor a signer it does not, here: people sign what they are shown (requests.ts). */
export type Issuing = {
  readonly certPem: string
  readonly keyPem?: string
  /** Where its key is not here, but signs. */
  readonly signer?: Signer
  /** The CAs above it, upwards. */
  readonly chainPem?: string
}

/** What a certificate should say: also what an existing one is held against. */
export type Wanted = {
  readonly subject: Subject
  readonly usages: readonly Usage[]
  readonly names: readonly string[]
}

export const canSign = ({ keyPem, signer }: Issuing): boolean => signer !== undefined || keyPem !== undefined

const signerOf = ({ keyPem, signer }: Issuing, { commonName }: Subject): Signer => {
  if (signer) return signer
  if (keyPem !== undefined) return signerFromPem(keyPem)
  throw new UserError(`no certificate can be made for ${commonName}: the key of the CA is not here`, {
    hint: 'what the cluster needs is asked for with: slipway certs csr; anybody else’s has to be signed where that key is',
  })
}

/** What is sent along with a certificate: everybody may not know the CAs between it and the one that vouches for itself. */
export const servedBehind = ({ certPem, chainPem = '' }: Issuing): string =>
  [certPem, ...certificatesIn(chainPem)].filter((pem) => !isIssuedBy(pem, pem)).join('')

export const issuePair = async (
  wanted: Wanted,
  authority: Issuing,
  { algorithm, validity }: { readonly algorithm: KeyAlgorithm; readonly validity: Validity },
): Promise<PemPair> => {
  const issuer = { certPem: authority.certPem, signer: signerOf(authority, wanted.subject) }
  const key = await generateKey(algorithm)
  const certPem = await issueLeaf({ ...wanted, publicKey: createPublicKey(key), validity }, issuer)
  return { certPem: certPem + servedBehind(authority), keyPem: privateKeyPem(key) }
}
