/** Whether what a host has may stay. Takes a pair and what is wanted; gives the reason why not, or undefined when it may. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { encode } from './der.ts'
import { usageOids } from './extensions.ts'
import type { PemPair, Wanted } from './issue.ts'
import { alternativeName, type Subject } from './names.ts'
import { type ReadCertificate, readCertificate, subjectOf } from './read-certificate.ts'

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((item) => b.has(item))

const hasSubject = (x509: X509Certificate, { commonName, organizations }: Subject): boolean => {
  const subject = subjectOf(x509)
  return subject.commonName === commonName && sameSet(new Set(subject.organizations), new Set(organizations))
}

const readPair = ({ certPem, keyPem }: PemPair) => {
  try {
    return { certificate: readCertificate(certPem), key: createPrivateKey(keyPem) }
  } catch {
    return undefined
  }
}

const wantedNames = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map((name) => encode(alternativeName(name)).toString('hex')))

/** Of a certificate alone: whose it is, until when, and what for. */
const certificateFault = (
  { x509, names }: ReadCertificate,
  wanted: Wanted,
  authorityPem: string,
  now: Date,
): string | undefined => {
  const authority = new X509Certificate(authorityPem)
  if (!x509.checkIssued(authority) || !x509.verify(authority.publicKey)) {
    return "another CA than this cluster's signed it"
  }
  if (x509.validToDate <= now) return `it expired on ${x509.validToDate.toISOString().slice(0, 10)}`
  if (!hasSubject(x509, wanted.subject)) return 'it is for another subject'
  const usages = new Set(wanted.usages.map((usage) => usageOids[usage]))
  if (!sameSet(new Set(x509.keyUsage ?? []), usages)) return 'it is for other usages'
  if (!sameSet(names, wantedNames(wanted.names))) return 'the names and addresses in it have changed'
  return undefined
}

/** Of a certificate whose key only the host has: the kubelet's own. */
export const whyCertificateNotKept = (
  certPem: string,
  wanted: Wanted,
  authorityPem: string,
  now: Date,
): string | undefined => {
  if (!certPem) return 'the certificate that it names is missing'
  try {
    return certificateFault(readCertificate(certPem), wanted, authorityPem, now)
  } catch {
    return 'the certificate that it names cannot be read'
  }
}

export const whyNotKept = (
  existing: Partial<PemPair>,
  wanted: Wanted,
  authorityPem: string,
  now: Date,
): string | undefined => {
  const { certPem, keyPem } = existing
  if (!certPem && !keyPem) return 'there is none yet'
  if (!certPem) return 'its certificate is missing'
  if (!keyPem) return 'its key is missing'
  const read = readPair({ certPem, keyPem })
  if (!read) return 'it cannot be read'
  if (!read.certificate.x509.checkPrivateKey(read.key)) return 'its key belongs to another certificate'
  return certificateFault(read.certificate, wanted, authorityPem, now)
}
