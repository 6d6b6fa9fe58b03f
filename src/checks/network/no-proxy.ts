/**
 * Whether NO_PROXY keeps a destination away from the proxy, as Go's programs read it (golang.org/x/net/http/httpproxy): items
 * are `*`, an address, a network or a domain with its subdomains; loopback never goes through a proxy.
 */
import { cidrRange, contains, isIpv4OrCidr } from './cidr.ts'

/** The destination is an IPv4 address or network, all of which must be exempt, or a name. */
export const bypassesProxy = (destination: string, noProxy: string): boolean => {
  const items = noProxy
    .split(',')
    .map((item) => item.trim().toLowerCase().replace(/:\d+$/, ''))
    .filter((item) => item !== '')
  if (items.includes('*')) return true
  if (isIpv4OrCidr(destination)) return isExemptNetwork(destination, items)
  return destination === 'localhost' || items.some((item) => isInDomain(destination.toLowerCase(), item))
}

const isExemptNetwork = (destination: string, items: readonly string[]): boolean => {
  const range = cidrRange(destination)
  return ['127.0.0.0/8', ...items].filter(isIpv4OrCidr).some((item) => contains(cidrRange(item), range))
}

/** `.example.org` is for what is below it alone; `example.org` is for itself, too. */
const isInDomain = (name: string, item: string): boolean => {
  const suffix = item.replace(/^\*?\./, '')
  if (name.endsWith(`.${suffix}`)) return true
  return item === suffix && name === suffix
}
