/**
 * CAs of the user's own. Takes the texts of their files; gives what can sign, or says what is wrong with them. And holds what a cluster
 * has against what its cluster file names. Pure.
 */
import { keptElsewhere } from '../config/certificate-keys.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { Authorities } from './authorities.ts'
import type { Issuing } from './issue.ts'
import { isKeyPair, publicKeyPem } from './keys.ts'
import { certificatesIn, isIssuedBy, readCertificate } from './read-certificate.ts'
import { type AuthorityId, type AuthorityRow, authorityRows } from './table.ts'

export type GivenAuthorities = Readonly<Partial<Record<AuthorityId, Issuing>>>

export type GivenTexts = {
  /** Where it stands in the cluster file: `certificates.authorities.ca`. */
  readonly named: string
  readonly certificates: string
  readonly key?: string | undefined
}

const readOrRefuse = (pem: string, named: string) => {
  try {
    return readCertificate(pem).x509
  } catch (cause) {
    throw new UserError(`${named}: its certificate cannot be read`, {
      hint: 'it has to be PEM: BEGIN CERTIFICATE',
      cause,
    })
  }
}

const refuseUnusable = (pem: string, { named, key }: GivenTexts, now: Date): void => {
  const x509 = readOrRefuse(pem, named)
  if (!x509.ca)
    throw new UserError(`${named}: the first certificate is not that of a CA`, {
      hint: 'the one that signs comes first, those of the CAs above it behind',
    })
  if (x509.validToDate <= now)
    throw new UserError(`${named}: it expired on ${x509.validToDate.toISOString().slice(0, 10)}`, {
      hint: 'nothing that it signs would be accepted: take another',
    })
  if (key !== undefined && !isKeyPair(key, publicKeyPem(x509.publicKey)))
    throw new UserError(`${named}: its key belongs to another certificate`, {
      hint: 'name the key of the first certificate, without a passphrase (mode 0600)',
    })
}

/** Each issued by the one behind it: the first signs here, the last may vouch for itself. */
const refuseDisorder = (all: readonly string[], named: string): void => {
  const at = all.findIndex(
    (pem, index) => all[index + 1] !== undefined && !isIssuedBy(pem, all[index + 1] ?? ''),
  )
  if (at !== -1)
    throw new UserError(`${named}: certificate ${at + 1} was not issued by certificate ${at + 2}`, {
      hint: 'the one that signs comes first, each of the CAs above it behind the one that it issued',
    })
}

export const readGiven = (texts: GivenTexts, now: Date): Issuing => {
  const [certPem = '', ...above] = certificatesIn(texts.certificates)
  refuseUnusable(certPem, texts, now)
  refuseDisorder([certPem, ...above], texts.named)
  return { certPem, chainPem: above.join(''), ...(texts.key === undefined ? {} : { keyPem: texts.key }) }
}

const refuseOther = (row: AuthorityRow, has: Issuing, given: Issuing): void => {
  if (has.certPem === given.certPem) return
  throw new UserError(`certificates.authorities.${row.id} names another CA than this cluster's`, {
    hint: 'a CA of your own is chosen before a cluster is made, and stays: name the one of before',
  })
}

/** Without a key, and nobody named who has it: nothing that this CA should sign could be had. */
const refuseLost = (row: AuthorityRow, has: Issuing, folder: string): void => {
  if (has.keyPem !== undefined) return
  throw new UserError(`the key of this cluster's CA ${row.commonName} is not in ${folder}`, {
    hint: `bring that folder back, from where the cluster was made or from a backup; or, if the key is kept elsewhere, name its certificate: certificates.authorities.${row.id}`,
  })
}

/** What the cluster has, with the CAs as the cluster file names them: their keys, who else signs for them, and what is above them. */
export const withGiven = (authorities: Authorities, given: GivenAuthorities, folder: string): Authorities => {
  for (const row of authorityRows) {
    const named = given[row.id]
    if (named) refuseOther(row, authorities[row.id], named)
    else refuseLost(row, authorities[row.id], folder)
  }
  const { ca, etcdCa, frontProxyCa } = authorities
  return {
    ...authorities,
    ca: { ...ca, ...given.ca },
    etcdCa: { ...etcdCa, ...given.etcdCa },
    frontProxyCa: { ...frontProxyCa, ...given.frontProxyCa },
  }
}

/** Replacing one that is the user's own is the user's: another key has to be made where that one is. */
export const refuseToReplace = ({ certificates }: ClusterConfig, ids: readonly string[]): void => {
  const own = authorityRows.find(({ id }) => ids.includes(id) && certificates.authorities[id] !== undefined)
  if (!own) return
  throw new UserError(
    `the CA ${own.commonName} is your own (certificates.authorities.${own.id}): Slipway does not replace it`,
    {
      hint: 'what Slipway made can be replaced, each by its name: slipway certs rotate-ca sa, and so on',
    },
  )
}

/** What a cluster without a CA key on its hosts goes without, as a sentence for a run to say. */
export const whatItCosts = (config: ClusterConfig): string =>
  keptElsewhere(config).includes('ca') && config.certificates.signer === undefined
    ? 'nobody in this cluster signs certificates: kubelets cannot join with tokens nor renew theirs; all are asked for with: slipway certs csr'
    : 'no CA key is on any host: kubelets cannot join with tokens nor renew their certificates, which is done from here: slipway certs renew'
