/**
 * Makes certificates. node:crypto makes keys and signatures; the TBSCertificate around them is put together as DER.
 * Takes what should be certified and a signer; gives PEM with LF line ends.
 */
import { type KeyObject, randomBytes } from 'node:crypto'
import { type Asn1, bits, decode, encode, integer, nothing, oid, sequence, tagged, time } from './der.ts'
import { authorityExtensions, leafExtensions, type Usage } from './extensions.ts'
import { publicKeyDer, type Signer, signatureHash } from './keys.ts'
import { type Subject, subjectName } from './names.ts'
import { readCertificate } from './read-certificate.ts'

export type Validity = { readonly from: Date; readonly until: Date }

export type Leaf = {
  readonly subject: Subject
  readonly usages: readonly Usage[]
  readonly names: readonly string[]
  readonly publicKey: KeyObject
  readonly validity: Validity
}

/** Signs for a CA: its certificate, and its key wherever that lives. */
export type Issuer = { readonly certPem: string; readonly signer: Signer }

/** kubeadm's `CertificateBackdate`: a host whose clock is a little behind must not find its certificate not valid yet. */
export const backdateMs = 5 * 60_000
/** RFC 5280 4.1.2.5: the date of what has no well-defined end, and the last that the format can hold. */
const lastDate = new Date('9999-12-31T23:59:59Z')

const wholeSecond = (ms: number): Date => new Date(Math.floor(ms / 1000) * 1000)

export const validityFor = (now: Date, seconds: number): Validity => ({
  from: wholeSecond(now.getTime() - backdateMs),
  until: wholeSecond(Math.min(now.getTime() + seconds * 1000, lastDate.getTime())),
})

const serialBytes = 16

/** Positive (top bit clear: Go refuses negative serials), never zero, always 16 bytes; 126 of its bits are random. */
export const serialFrom = (random: Uint8Array): Buffer => {
  const serial = Buffer.from(random)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return serial
}

/** RFC 3279, RFC 4055 and RFC 5758: RSA's identifier has a NULL behind it, ECDSA's has nothing. */
const signatureAlgorithm = (key: KeyObject): Asn1 => {
  if (key.asymmetricKeyType === 'rsa') return sequence(oid('1.2.840.113549.1.1.11'), nothing())
  return sequence(oid(signatureHash(key) === 'sha384' ? '1.2.840.10045.4.3.3' : '1.2.840.10045.4.3.2'))
}

type ToBeSigned = {
  readonly issuer: Asn1
  readonly subject: Asn1
  readonly validity: Validity
  readonly spki: Uint8Array
  readonly extensions: readonly Asn1[]
}

const version3 = Buffer.from([2])

const signed = async (content: ToBeSigned, signer: Signer): Promise<string> => {
  const tbs = sequence(
    tagged(0, integer(version3)),
    integer(serialFrom(randomBytes(serialBytes))),
    signatureAlgorithm(signer.publicKey),
    content.issuer,
    sequence(time(content.validity.from), time(content.validity.until)),
    content.subject,
    decode(content.spki),
    tagged(3, sequence(...content.extensions)),
  )
  return signedPem('CERTIFICATE', tbs, signer)
}

/** Certificates and requests for them: what is said, how it is signed, the signature. */
export const signedPem = async (label: string, content: Asn1, signer: Signer): Promise<string> => {
  const signature = bits(await signer.sign(encode(content)))
  const der = encode(sequence(content, signatureAlgorithm(signer.publicKey), signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

export const selfSignedAuthority = (
  commonName: string,
  validity: Validity,
  signer: Signer,
): Promise<string> => {
  const name = subjectName({ commonName, organizations: [] })
  const spki = publicKeyDer(signer.publicKey)
  const extensions = authorityExtensions(commonName, spki)
  return signed({ issuer: name, subject: name, validity, spki, extensions }, signer)
}

/** A leaf never outlives its CA: nobody would notice that it is worthless before it stops working. */
export const issueLeaf = (leaf: Leaf, { certPem, signer }: Issuer): Promise<string> => {
  const authority = readCertificate(certPem)
  const end = Math.min(leaf.validity.until.getTime(), authority.x509.validToDate.getTime())
  return signed(
    {
      issuer: authority.subject,
      subject: subjectName(leaf.subject),
      validity: { from: leaf.validity.from, until: new Date(end) },
      spki: publicKeyDer(leaf.publicKey),
      extensions: leafExtensions({ ...leaf, issuerKeyId: authority.subjectKeyId }),
    },
    signer,
  )
}
