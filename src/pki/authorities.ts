/**
 * The secrets that a cluster is: three CAs and the key that signs service accounts' tokens. Made once, kept in the store on this
 * machine and on every control plane; what comes from either is trusted only when all of it fits together.
 *
 * While one is being replaced there are two of it. Which is the older is told by the order in which they are trusted, on hosts and
 * here: the oldest first. Which of them signs is told by the file that signs. So the files alone say how far it has got.
 */
import { createPublicKey } from 'node:crypto'
import { parseDuration } from '../config/duration.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { pkiDirectory } from '../constants.ts'
import { selfSignedAuthority, validityFor } from './certificate.ts'
import type { PemPair } from './issue.ts'
import { generateKey, isKeyPair, localSigner, privateKeyPem, publicKeyPem, publicKeysIn } from './keys.ts'
import { certificatesIn, readCertificate } from './read-certificate.ts'
import { type AuthorityId, type AuthorityRow, authorityRows } from './table.ts'

/** One that does not sign now: its key is known where it was kept, and on no host. */
export type OtherAuthority = { readonly certPem: string; readonly keyPem?: string }

export type Authority = PemPair & {
  readonly predecessor?: OtherAuthority
  readonly successor?: OtherAuthority
}

export type OtherTokenKey = { readonly publicPem: string; readonly privatePem?: string }

export type TokenKey = {
  readonly privatePem: string
  readonly publicPem: string
  readonly predecessor?: OtherTokenKey
  readonly successor?: OtherTokenKey
}

export type Authorities = Readonly<Record<AuthorityId, Authority>> & { readonly sa: TokenKey }

type Files = Readonly<Record<string, string>>

/** What clients verify against: the CA that signs now, and while it is being replaced the other one, the older first. */
export const trustBundle = ({ predecessor, certPem, successor }: Authority): string =>
  [predecessor?.certPem, certPem, successor?.certPem].join('')

/** What tokens are verified against, in the same order. */
export const tokenTrust = ({ predecessor, publicPem, successor }: TokenKey): string =>
  [predecessor?.publicPem, publicPem, successor?.publicPem].join('')

export const createAuthority = async (
  id: AuthorityId,
  { algorithm, caValidity }: ClusterConfig['certificates'],
  now: Date,
): Promise<PemPair> => {
  const key = await generateKey(algorithm)
  const commonName = authorityRows.find((row) => row.id === id)?.commonName ?? id
  const validity = validityFor(now, parseDuration(caValidity))
  return {
    certPem: await selfSignedAuthority(commonName, validity, localSigner(key)),
    keyPem: privateKeyPem(key),
  }
}

export const createTokenKey = async ({
  algorithm,
}: ClusterConfig['certificates']): Promise<Required<OtherTokenKey>> => {
  const key = await generateKey(algorithm)
  return { privatePem: privateKeyPem(key), publicPem: publicKeyPem(createPublicKey(key)) }
}

export const createAuthorities = async (
  certificates: ClusterConfig['certificates'],
  now: Date,
): Promise<Authorities> => {
  const [ca, frontProxyCa, etcdCa, sa] = await Promise.all([
    createAuthority('ca', certificates, now),
    createAuthority('frontProxyCa', certificates, now),
    createAuthority('etcdCa', certificates, now),
    createTokenKey(certificates),
  ])
  return { ca, frontProxyCa, etcdCa, sa }
}

/** The authorities as files below pki/, as control planes have them. */
export const authorityFiles = (authorities: Authorities): Files =>
  Object.fromEntries([
    ...authorityRows.flatMap(({ id, file }) => [
      [`${file}.crt`, authorities[id].certPem],
      [`${file}.key`, authorities[id].keyPem],
      [`${file}-bundle.crt`, trustBundle(authorities[id])],
    ]),
    ['sa.key', authorities.sa.privatePem],
    ['sa.pub', tokenTrust(authorities.sa)],
  ])

const others = ['predecessor', 'successor'] as const

const keyFile = (name: string, pem: string | undefined): readonly [string, string][] =>
  pem === undefined ? [] : [[`${name}.key`, pem]]

/** The same and the keys of those that do not sign now: what is kept on this machine, and on no host. */
export const storedFiles = (authorities: Authorities): Files => ({
  ...authorityFiles(authorities),
  ...Object.fromEntries(
    others.flatMap((other) => [
      ...authorityRows.flatMap(({ id, file }) => keyFile(`${file}-${other}`, authorities[id][other]?.keyPem)),
      ...keyFile(`sa-${other}`, authorities.sa[other]?.privatePem),
    ]),
  ),
})

const isAuthorityPair = ({ certPem, keyPem }: PemPair): boolean => {
  try {
    const { x509 } = readCertificate(certPem)
    return x509.ca && x509.verify(x509.publicKey) && isKeyPair(keyPem, publicKeyPem(x509.publicKey))
  } catch {
    return false
  }
}

/** Of a list that is in order of age: the one before and the one after. */
const neighbours = (
  all: readonly string[],
  one: string,
): Partial<Record<(typeof others)[number], string>> => {
  const at = all.indexOf(one)
  if (at === -1) return {}
  const [predecessor, successor] = [all[at - 1], all[at + 1]]
  return { ...(predecessor ? { predecessor } : {}), ...(successor ? { successor } : {}) }
}

const authorityFrom = ({ file }: AuthorityRow, files: Files): Authority | undefined => {
  const keyPem = files[`${file}.key`]
  const certPem = files[`${file}.crt`]
  if (!keyPem || !certPem || !isAuthorityPair({ certPem, keyPem })) return undefined
  const beside = neighbours(certificatesIn(files[`${file}-bundle.crt`] ?? ''), certPem)
  const found = Object.entries(beside).map(([other, cert]) => {
    const pair = { certPem: cert, keyPem: files[`${file}-${other}.key`] ?? '' }
    return [other, isAuthorityPair(pair) ? pair : { certPem: cert }]
  })
  return { certPem, keyPem, ...Object.fromEntries(found) }
}

const tokenKeyFrom = (files: Files): TokenKey | undefined => {
  const privatePem = files['sa.key'] ?? ''
  const all = publicKeysIn(files['sa.pub'] ?? '')
  const publicPem = all.find((pem) => isKeyPair(privatePem, pem))
  if (publicPem === undefined) return undefined
  const found = Object.entries(neighbours(all, publicPem)).map(([other, pem]) => {
    const key = files[`sa-${other}.key`] ?? ''
    return [other, isKeyPair(key, pem) ? { publicPem: pem, privatePem: key } : { publicPem: pem }]
  })
  return { privatePem, publicPem, ...Object.fromEntries(found) }
}

/** From files below pki/; undefined when one is missing, broken, or does not belong to the others. */
export const authoritiesFrom = (files: Files): Authorities | undefined => {
  const [ca, frontProxyCa, etcdCa] = authorityRows.map((row) => authorityFrom(row, files))
  const sa = tokenKeyFrom(files)
  if (!ca || !frontProxyCa || !etcdCa || !sa) return undefined
  return { ca, frontProxyCa, etcdCa, sa }
}

/** The authorities of a cluster whose folder on this machine was lost, from a control plane's files by their full paths. */
export const adoptAuthorities = (files: Files): Authorities | undefined => {
  const below = Object.entries(files).filter(([path]) => path.startsWith(`${pkiDirectory}/`))
  return authoritiesFrom(
    Object.fromEntries(below.map(([path, text]) => [path.slice(pkiDirectory.length + 1), text])),
  )
}
