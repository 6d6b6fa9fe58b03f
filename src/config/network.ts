/** Arithmetic of IPv4 networks. Takes `10.0.0.0/8` and addresses that the shape has accepted. Pure. */
export type Network = { readonly first: number; readonly last: number; readonly bits: number }

export const addressNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

const addressText = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

/** Host bits are dropped: 10.0.0.7/8 is 10.0.0.0/8. A single address is a network of one. */
export const network = (cidr: string): Network => {
  const [address = '', length = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(length))
  const first = Math.floor(addressNumber(address) / size) * size
  return { first, last: first + size - 1, bits: Number(length) }
}

/** The same network with its host bits cleared, as text. */
export const aligned = (cidr: string): string => {
  const { first, bits } = network(cidr)
  return `${addressText(first)}/${bits}`
}

export const overlap = (a: string, b: string): boolean => {
  const [x, y] = [network(a), network(b)]
  return x.first <= y.last && y.first <= x.last
}

export const contains = (cidr: string, address: string): boolean => {
  const { first, last } = network(cidr)
  const value = addressNumber(address)
  return value >= first && value <= last
}
