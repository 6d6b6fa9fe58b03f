/** Subjects and alternative names. Takes host names and addresses as people write them; gives their DER. */
import { isIPv4, isIPv6 } from 'node:net'
import { type Asn1, encode, oid, sequence, setOf, tagged, text } from './der.ts'

export type Subject = { readonly commonName: string; readonly organizations: readonly string[] }

const commonNameOid = '2.5.4.3'
const organizationOid = '2.5.4.10'

const attribute = (type: string, value: string): Asn1 => sequence(oid(type), text(value))

/** Go's order: organizations, all in one set, then the common name. A SET OF is sorted by its bytes (X.690 11.6). */
export const subjectName = ({ commonName, organizations }: Subject): Asn1 => {
  const sorted = organizations
    .map((name) => attribute(organizationOid, name))
    .sort((a, b) => Buffer.compare(encode(a), encode(b)))
  return sequence(
    ...(sorted.length > 0 ? [setOf(...sorted)] : []),
    setOf(attribute(commonNameOid, commonName)),
  )
}

/** The URL parser knows every way of writing an IPv6 address, and gives the shortest: at most one `::`, no dotted tail. */
const ipv6Bytes = (address: string): Buffer => {
  const [head = '', tail] = new URL(`http://[${address}]/`).hostname.slice(1, -1).split('::')
  const groups = (part: string | undefined): readonly string[] => (part ? part.split(':') : [])
  const before = groups(head)
  const after = groups(tail)
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return Buffer.from([...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** GeneralName [2] dNSName or [7] iPAddress (RFC 5280 4.2.1.6). */
export const alternativeName = (name: string): Asn1 => {
  if (isIPv4(name)) return tagged(7, Buffer.from(name.split('.').map(Number)))
  if (isIPv6(name)) return tagged(7, ipv6Bytes(name))
  return tagged(2, Buffer.from(name, 'ascii'))
}

/** Names first, addresses after them, none twice, in the order given: as Go writes them. */
export const alternativeNames = (names: readonly string[]): Asn1 => {
  const encoded = names.map(alternativeName)
  const unique = new Map(encoded.map((name) => [encode(name).toString('hex'), name]))
  const all = [...unique.values()]
  return sequence(...all.filter(({ type }) => type === 2), ...all.filter(({ type }) => type === 7))
}
