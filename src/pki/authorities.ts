/**
 * The secrets that a cluster is: three CAs and the key that signs service accounts' tokens. Made once, kept in the store on this
 * machine and on every control plane; what comes from either is trusted only when all of it fits together.
 */
import { createPublicKey } from 'node:crypto'
import { parseDuration } from '../config/duration.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { pkiDirectory } from '../constants.ts'
import { selfSignedAuthority, validityFor } from './certificate.ts'
import type { PemPair } from './issue.ts'
import { generateKey, isKeyPair, localSigner, privateKeyPem, publicKeyPem } from './keys.ts'
import { certificatesIn, readCertificate } from './read-certificate.ts'
import { type AuthorityId, type AuthorityRow, authorityRows } from './table.ts'

/** The pair that signs, and while a CA is being replaced the PEM of others that are trusted as well. */
export type Authority = PemPair & { readonly alsoTrusted?: string }

export type Authorities = Readonly<Record<AuthorityId, Authority>> & {
  readonly sa: { readonly privatePem: string; readonly publicPem: string }
}

type Files = Readonly<Record<string, string>>

/** What clients verify against: the CA that signs now, and those that signed what is still in use. */
export const trustBundle = ({ certPem, alsoTrusted }: Authority): string => certPem + (alsoTrusted ?? '')

export const createAuthorities = async (
  { algorithm, caValidity }: ClusterConfig['certificates'],
  now: Date,
): Promise<Authorities> => {
  const validity = validityFor(now, parseDuration(caValidity))
  const create = async (id: AuthorityId): Promise<Authority> => {
    const key = await generateKey(algorithm)
    const commonName = authorityRows.find((row) => row.id === id)?.commonName ?? id
    return {
      certPem: await selfSignedAuthority(commonName, validity, localSigner(key)),
      keyPem: privateKeyPem(key),
    }
  }
  const [ca, frontProxyCa, etcdCa, saKey] = await Promise.all([
    create('ca'),
    create('frontProxyCa'),
    create('etcdCa'),
    generateKey(algorithm),
  ])
  return {
    ca,
    frontProxyCa,
    etcdCa,
    sa: { privatePem: privateKeyPem(saKey), publicPem: publicKeyPem(createPublicKey(saKey)) },
  }
}

/** The authorities as files below pki/: the same for the store and for control planes. */
export const authorityFiles = (authorities: Authorities): Files =>
  Object.fromEntries([
    ...authorityRows.flatMap(({ id, file }) => [
      [`${file}.crt`, authorities[id].certPem],
      [`${file}.key`, authorities[id].keyPem],
      [`${file}-bundle.crt`, trustBundle(authorities[id])],
    ]),
    ['sa.key', authorities.sa.privatePem],
    ['sa.pub', authorities.sa.publicPem],
  ])

const isAuthorityPair = ({ certPem, keyPem }: PemPair): boolean => {
  try {
    const { x509 } = readCertificate(certPem)
    return x509.ca && x509.verify(x509.publicKey) && isKeyPair(keyPem, publicKeyPem(x509.publicKey))
  } catch {
    return false
  }
}

const authorityFrom = ({ file }: AuthorityRow, files: Files): Authority | undefined => {
  const keyPem = files[`${file}.key`]
  const certPem = files[`${file}.crt`]
  if (!keyPem || !certPem || !isAuthorityPair({ certPem, keyPem })) return undefined
  const others = certificatesIn(files[`${file}-bundle.crt`] ?? '').filter((pem) => pem !== certPem)
  return { certPem, keyPem, ...(others.length > 0 ? { alsoTrusted: others.join('') } : {}) }
}

/** From files below pki/; undefined when one is missing, broken, or does not belong to the others. */
export const authoritiesFrom = (files: Files): Authorities | undefined => {
  const [ca, frontProxyCa, etcdCa] = authorityRows.map((row) => authorityFrom(row, files))
  const sa = { privatePem: files['sa.key'] ?? '', publicPem: files['sa.pub'] ?? '' }
  if (!ca || !frontProxyCa || !etcdCa || !isKeyPair(sa.privatePem, sa.publicPem)) return undefined
  return { ca, frontProxyCa, etcdCa, sa }
}

/** The authorities of a cluster whose folder on this machine was lost, from a control plane's files by their full paths. */
export const adoptAuthorities = (files: Files): Authorities | undefined => {
  const below = Object.entries(files).filter(([path]) => path.startsWith(`${pkiDirectory}/`))
  return authoritiesFrom(
    Object.fromEntries(below.map(([path, text]) => [path.slice(pkiDirectory.length + 1), text])),
  )
}
