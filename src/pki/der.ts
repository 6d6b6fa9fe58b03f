/** Short words for building DER with node-forge's ASN.1 writer, which does no cryptography here. Takes values; gives ASN.1. */
import type forge from 'node-forge'
import asn1 from 'node-forge/lib/asn1.js'

export type Asn1 = forge.asn1.Asn1

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class

/** forge's strings hold a byte in each character. */
const bytesOf = (buffer: Uint8Array): string => Buffer.from(buffer).toString('latin1')

const primitive = (type: forge.asn1.Type, value: string): Asn1 => asn1.create(UNIVERSAL, type, false, value)

export const sequence = (...items: readonly Asn1[]): Asn1 =>
  asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, [...items])
export const setOf = (...items: readonly Asn1[]): Asn1 =>
  asn1.create(UNIVERSAL, asn1.Type.SET, true, [...items])
export const oid = (dotted: string): Asn1 => primitive(asn1.Type.OID, asn1.oidToDer(dotted).getBytes())
export const integer = (bytes: Uint8Array): Asn1 => primitive(asn1.Type.INTEGER, bytesOf(bytes))
export const boolean = (value: boolean): Asn1 => primitive(asn1.Type.BOOLEAN, value ? '\xff' : '\0')
export const nothing = (): Asn1 => primitive(asn1.Type.NULL, '')
export const octets = (bytes: Uint8Array): Asn1 => primitive(asn1.Type.OCTETSTRING, bytesOf(bytes))
export const bits = (bytes: Uint8Array, unused = 0): Asn1 =>
  primitive(asn1.Type.BITSTRING, String.fromCharCode(unused) + bytesOf(bytes))

/** `[n]` around something (explicit), or in place of its type (implicit) when bytes are given. */
export const tagged = (number: number, content: Asn1 | Uint8Array): Asn1 =>
  content instanceof Uint8Array
    ? asn1.create(CONTEXT_SPECIFIC, number, false, bytesOf(content))
    : asn1.create(CONTEXT_SPECIFIC, number, true, [content])

/** PrintableString where its alphabet is enough, as Go writes it; UTF8String otherwise. */
export const text = (value: string): Asn1 =>
  /^[A-Za-z0-9 '()+,./:=?-]*$/.test(value)
    ? primitive(asn1.Type.PRINTABLESTRING, value)
    : primitive(asn1.Type.UTF8, bytesOf(Buffer.from(value, 'utf8')))

/** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on. */
export const time = (date: Date): Asn1 =>
  date.getUTCFullYear() < 2050
    ? primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date))

export const encode = (value: Asn1): Buffer => Buffer.from(asn1.toDer(value).getBytes(), 'latin1')
export const decode = (der: Uint8Array): Asn1 => asn1.fromDer(bytesOf(der))

export const childrenOf = (value: Asn1 | undefined): readonly Asn1[] =>
  Array.isArray(value?.value) ? value.value : []
export const bytesIn = (value: Asn1 | undefined): Buffer =>
  Buffer.from(typeof value?.value === 'string' ? value.value : '', 'latin1')
