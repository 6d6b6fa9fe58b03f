/** Addresses counted from the start of a network: the API's Service is the first, DNS the tenth. */
const toNumber = (address: string): number =>
  address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)

const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')

export const serviceAddress = (cidr: string, nth: number): string => {
  const [network = '', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  return toAddress(Math.floor(toNumber(network) / size) * size + nth)
}
