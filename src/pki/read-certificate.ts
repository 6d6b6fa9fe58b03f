/** What node:crypto does not say of a certificate. Takes PEM; gives it as Node reads it, with the parts that are copied as bytes. */
import { X509Certificate } from 'node:crypto'
// Where Node 24 loads it for the first time to make a legacy object, its createSecureContext is missing from then on.
import 'node:tls'
import { type Asn1, bytesIn, childrenOf, decode, encode, oid } from './der.ts'
import { extensionOids } from './extensions.ts'
import type { Subject } from './names.ts'

export type ReadCertificate = {
  readonly x509: X509Certificate
  readonly subject: Asn1
  readonly subjectKeyId: Buffer | undefined
  /** Every alternative name as the hex of its DER. */
  readonly names: ReadonlySet<string>
}

/** TBSCertificate starts with [0] version in every v3 certificate, then serial, algorithm, issuer, validity, subject. */
const subjectAt = 5

const extensionValue = (tbs: readonly Asn1[], id: string): Asn1 | undefined => {
  const wanted = bytesIn(oid(id))
  const list = tbs.at(-1)
  const found = childrenOf(childrenOf(list)[0]).find((each) => bytesIn(childrenOf(each)[0]).equals(wanted))
  return found && decode(bytesIn(childrenOf(found).at(-1)))
}

export const readCertificate = (pem: string): ReadCertificate => {
  const x509 = new X509Certificate(pem)
  const tbs = childrenOf(childrenOf(decode(x509.raw))[0])
  const subject = tbs[subjectAt]
  if (!subject) throw new Error('not an X.509 v3 certificate')
  const keyId = extensionValue(tbs, extensionOids.subjectKeyId)
  const names = childrenOf(extensionValue(tbs, extensionOids.alternativeNames))
  return {
    x509,
    subject,
    subjectKeyId: keyId && bytesIn(keyId),
    names: new Set(names.map((name) => encode(name).toString('hex'))),
  }
}

/** Node's own text of a subject leaves open where a name ends. */
export const subjectOf = (x509: X509Certificate): Subject => {
  const { CN, O } = x509.toLegacyObject().subject
  return { commonName: typeof CN === 'string' ? CN : '', organizations: [O ?? []].flat() }
}

const certificateBlocks = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a file that may hold several, each as PEM that ends in a newline. */
export const certificatesIn = (pem: string): readonly string[] =>
  (pem.match(certificateBlocks) ?? []).map((block) => `${block.replaceAll('\r\n', '\n')}\n`)

/** By name and by signature. What is no certificate was issued by nobody. */
export const isIssuedBy = (certPem: string, authorityPem: string): boolean => {
  try {
    const certificate = new X509Certificate(certPem)
    const authority = new X509Certificate(authorityPem)
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
  } catch {
    return false
  }
}

/** Of a file, those that are not there only because they have issued another of it. */
export const issuersIn = (pem: string): string => {
  const all = certificatesIn(pem)
  return all.filter((one) => !all.some((other) => other !== one && isIssuedBy(other, one))).join('')
}
