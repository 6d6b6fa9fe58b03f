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
import type { Issuing, PemPair } from './issue.ts'
import { generateKey, isKeyPair, localSigner, privateKeyPem, publicKeyPem, publicKeysIn } from './keys.ts'
import { certificatesIn, readCertificate } from './read-certificate.ts'
import { type AuthorityId, type AuthorityRow, authorityRows } from './table.ts'

/** One that does not sign now: its key is known where it was kept, and on no host. */
export type OtherAuthority = { readonly certPem: string; readonly keyPem?: string }

export type Authority = Issuing & {
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

type Files = Readonly<Record<string, string>>

export type Authorities = Readonly<Record<AuthorityId, Authority>> & {
  readonly sa: TokenKey
  /** Keys that others were asked to certify, and what they gave: by the names of their files, all below requests/ (requests.ts). */
  readonly requested?: Files
}

/**
 * The CA that signs now, and while it is being replaced the other one, the older first. Who comes with a certificate of theirs is let
 * in; what a CA above them has issued to others is nobody's business here.
 */
export const issuerBundle = ({ predecessor, certPem, successor }: Authority): string =>
  [predecessor?.certPem, certPem, successor?.certPem].join('')

/** What servers are verified against. OpenSSL wants to see the chain to its very end. */
export const trustBundle = (authority: Authority): string =>
  issuerBundle(authority) + (authority.chainPem ?? '')

/** What tokens are verified against, in the same order. */
export const tokenTrust = ({ predecessor, publicPem, successor }: TokenKey): string =>
  [predecessor?.publicPem, publicPem, successor?.publicPem].join('')

type NewKeys = Pick<ClusterConfig['certificates'], 'algorithm' | 'caValidity'>

export const createAuthority = async (
  id: AuthorityId,
  { algorithm, caValidity }: NewKeys,
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
}: Pick<NewKeys, 'algorithm'>): Promise<Required<OtherTokenKey>> => {
  const key = await generateKey(algorithm)
  return { privatePem: privateKeyPem(key), publicPem: publicKeyPem(createPublicKey(key)) }
}

/** Those that Slipway makes have their keys. */
export type OwnAuthorities = Readonly<Record<AuthorityId, PemPair>> & { readonly sa: TokenKey }

export const createAuthorities = async (certificates: NewKeys, now: Date): Promise<OwnAuthorities> => {
  const [ca, frontProxyCa, etcdCa, sa] = await Promise.all([
    createAuthority('ca', certificates, now),
    createAuthority('frontProxyCa', certificates, now),
    createAuthority('etcdCa', certificates, now),
    createTokenKey(certificates),
  ])
  return { ca, frontProxyCa, etcdCa, sa }
}

const others = ['predecessor', 'successor'] as const

const keyFile = (name: string, pem: string | undefined): readonly [string, string][] =>
  pem === undefined ? [] : [[`${name}.key`, pem]]

/** Those of the CAs alone: what signs tokens has to be where tokens are signed. */
export const authorityKeyFiles: readonly string[] = authorityRows.map(({ file }) => `${file}.key`)

/** The authorities as files below pki/, as control planes have them that sign. */
export const authorityFiles = (authorities: Authorities): Files =>
  Object.fromEntries([
    ...authorityRows.flatMap(({ id, file }) => [
      [`${file}.crt`, authorities[id].certPem],
      ...keyFile(file, authorities[id].keyPem),
      [`${file}-bundle.crt`, issuerBundle(authorities[id])],
      ...(authorities[id].chainPem === undefined
        ? []
        : [[`${file}-chain.crt`, trustBundle(authorities[id])]]),
    ]),
    ['sa.key', authorities.sa.privatePem],
    ['sa.pub', tokenTrust(authorities.sa)],
  ])

/** The same and the keys of those that do not sign now: what is kept on this machine, and on no host. */
export const storedFiles = (authorities: Authorities): Files => ({
  ...authorityFiles(authorities),
  ...authorities.requested,
  ...Object.fromEntries(
    others.flatMap((other) => [
      ...authorityRows.flatMap(({ id, file }) => keyFile(`${file}-${other}`, authorities[id][other]?.keyPem)),
      ...keyFile(`sa-${other}`, authorities.sa[other]?.privatePem),
    ]),
  ),
})

/** A CA; and where there is a key, its own. Another CA may have issued it. */
const isAuthority = ({ certPem, keyPem }: Issuing): boolean => {
  try {
    const { x509 } = readCertificate(certPem)
    return x509.ca && (keyPem === undefined || isKeyPair(keyPem, publicKeyPem(x509.publicKey)))
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

const pairFrom = (certPem: string, keyPem: string | undefined): Issuing =>
  keyPem === undefined ? { certPem } : { certPem, keyPem }

const authorityFrom = ({ file }: AuthorityRow, files: Files): Authority | undefined => {
  const one = pairFrom(files[`${file}.crt`] ?? '', files[`${file}.key`])
  if (!isAuthority(one)) return undefined
  const bundle = certificatesIn(files[`${file}-bundle.crt`] ?? '')
  const found = Object.entries(neighbours(bundle, one.certPem)).map(([other, certPem]) => {
    const pair = pairFrom(certPem, files[`${file}-${other}.key`])
    return [other, isAuthority(pair) ? pair : { certPem }]
  })
  const chain = files[`${file}-chain.crt`]
  const above = chain === undefined ? [] : certificatesIn(chain).filter((pem) => !bundle.includes(pem))
  return {
    ...one,
    ...(chain === undefined ? {} : { chainPem: above.join('') }),
    ...Object.fromEntries(found),
  }
}

/** The folder of what others are asked to certify. */
export const requestsFolder = 'requests'

const requestedFrom = (files: Files): Pick<Authorities, 'requested'> => {
  const requested = Object.entries(files).filter(([name]) => name.startsWith(`${requestsFolder}/`))
  return requested.length === 0 ? {} : { requested: Object.fromEntries(requested) }
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

/** From files below pki/; undefined when one is missing, broken, or does not belong to the others. The keys of CAs may be missing. */
export const authoritiesFrom = (files: Files): Authorities | undefined => {
  const [ca, frontProxyCa, etcdCa] = authorityRows.map((row) => authorityFrom(row, files))
  const sa = tokenKeyFrom(files)
  if (!ca || !frontProxyCa || !etcdCa || !sa) return undefined
  return { ca, frontProxyCa, etcdCa, sa, ...requestedFrom(files) }
}

/** The authorities of a cluster whose folder on this machine was lost, from a control plane's files by their full paths. */
export const adoptAuthorities = (files: Files): Authorities | undefined => {
  const below = Object.entries(files).filter(([path]) => path.startsWith(`${pkiDirectory}/`))
  return authoritiesFrom(
    Object.fromEntries(below.map(([path, text]) => [path.slice(pkiDirectory.length + 1), text])),
  )
}
