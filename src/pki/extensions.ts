/** The X.509 extensions of kubeadm's certificates, with kubeadm's critical flags. Takes plain values; gives DER. */
import { createHash } from 'node:crypto'
import {
  type Asn1,
  bits,
  boolean,
  bytesIn,
  childrenOf,
  decode,
  encode,
  octets,
  oid,
  sequence,
  tagged,
} from './der.ts'
import { alternativeNames } from './names.ts'

export type Usage = 'serverAuth' | 'clientAuth'

export const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  alternativeNames: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

export const usageOids: Readonly<Record<Usage, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
}

/** digitalSignature and keyEncipherment, and for a CA keyCertSign: bits 0, 2 and 5, of which the last zeros are left out. */
const leafUsageBits = { bytes: Buffer.from([0b1010_0000]), unused: 5 }
const authorityUsageBits = { bytes: Buffer.from([0b1010_0100]), unused: 2 }

const extension = (id: keyof typeof extensionOids, value: Asn1, critical = false): Asn1 =>
  sequence(oid(extensionOids[id]), ...(critical ? [boolean(true)] : []), octets(encode(value)))

/** RFC 7093 method 1, which Go uses since 1.25: the first 20 bytes of the SHA-256 of the key's bits. */
const keyId = (spkiDer: Uint8Array): Buffer => {
  const keyBits = bytesOfBitString(childrenOf(decode(spkiDer))[1])
  return createHash('sha256').update(keyBits).digest().subarray(0, 20)
}

/** forge opens a BIT STRING that happens to hold DER (an RSA key), and keeps its bytes aside. */
const bytesOfBitString = (value: Asn1 | undefined): Buffer => {
  const aside = value && 'bitStringContents' in value ? value.bitStringContents : undefined
  const withUnused = typeof aside === 'string' ? Buffer.from(aside, 'latin1') : bytesIn(value)
  return withUnused.subarray(1)
}

export const authorityExtensions = (commonName: string, spkiDer: Uint8Array): readonly Asn1[] => [
  extension('keyUsage', bits(authorityUsageBits.bytes, authorityUsageBits.unused), true),
  extension('basicConstraints', sequence(boolean(true)), true),
  extension('subjectKeyId', octets(keyId(spkiDer))),
  extension('alternativeNames', alternativeNames([commonName])),
]

export type LeafExtensions = {
  readonly usages: readonly Usage[]
  readonly names: readonly string[]
  /** The issuer's subject key id: not the leaf's own, which OpenSSL refuses. */
  readonly issuerKeyId: Uint8Array | undefined
}

export const leafExtensions = ({ usages, names, issuerKeyId }: LeafExtensions): readonly Asn1[] => [
  extension('keyUsage', bits(leafUsageBits.bytes, leafUsageBits.unused), true),
  extension('extendedKeyUsage', sequence(...usages.map((usage) => oid(usageOids[usage])))),
  extension('basicConstraints', sequence(), true),
  ...(issuerKeyId ? [extension('authorityKeyId', sequence(tagged(0, issuerKeyId)))] : []),
  ...(names.length > 0 ? [extension('alternativeNames', alternativeNames(names))] : []),
]
