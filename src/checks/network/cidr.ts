/** IPv4 networks as ranges of numbers. Takes `10.0.0.0/8`; says what overlaps and what contains what. */
export type Range = { readonly first: number; readonly last: number }

export const addressNumber = (address: string): number =>
  address.split('.').reduce((number, octet) => number * 256 + Number(octet), 0)

/** A network, or a single address, which is a network of one. Host bits are dropped: 10.0.0.7/8 is 10.0.0.0/8. */
export const cidrRange = (cidr: string): Range => {
  const [address = '', prefix = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(prefix))
  const first = Math.floor(addressNumber(address) / size) * size
  return { first, last: first + size - 1 }
}

export const overlaps = (a: Range, b: Range): boolean => a.first <= b.last && b.first <= a.last

export const contains = (outer: Range, inner: Range): boolean =>
  outer.first <= inner.first && inner.last <= outer.last

const octet = '(25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const pattern = new RegExp(`^${octet}(\\.${octet}){3}(/(3[0-2]|[12]?\\d))?$`)

export const isIpv4OrCidr = (text: string): boolean => pattern.test(text)
