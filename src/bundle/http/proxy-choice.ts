/**
 * Through which proxy a request goes. Takes its URL and an environment; gives the proxy's URL, or nothing for the direct way.
 * Read as curl and Go's programs read it: the scheme's own variable, then ALL_PROXY; small letters first; NO_PROXY above all.
 */
import { BlockList, isIP } from 'node:net'
import { UserError } from '../../errors.ts'

export type Environment = Readonly<Record<string, string | undefined>>

const schemes = ['http:', 'https:', 'socks5:', 'socks5h:']

/** `[::1]` is how a URL writes an address of IPv6; everybody else leaves the brackets away. */
export const bareHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

export const portOf = (url: URL): number => {
  if (url.port !== '') return Number(url.port)
  if (url.protocol.startsWith('socks')) return 1080
  return url.protocol === 'https:' ? 443 : 80
}

const variable = (environment: Environment, name: string): string =>
  environment[name.toLowerCase()] || environment[name] || ''

const isInNetwork = (address: string, item: string): boolean => {
  const [network = '', length = ''] = item.split('/')
  const [family, bits] = [isIP(network), Number(length)]
  if (family === 0 || length === '' || !(bits <= (family === 4 ? 32 : 128))) return false
  const list = new BlockList()
  list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6')
  return list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6')
}

/** `example.org` is for itself and what is below it, `.example.org` for what is below it alone. */
const isInDomain = (host: string, item: string): boolean => {
  const domain = item.replace(/^\*?\./, '')
  return host.endsWith(`.${domain}`) || (host === domain && item === domain)
}

const isExempt = (url: URL, item: string): boolean => {
  if (item === '*') return true
  const host = bareHost(url).toLowerCase()
  const [, name = item, port] = /^(\[.*\]|[^:]*):(\d+)$/.exec(item) ?? []
  if (port !== undefined && Number(port) !== portOf(url)) return false
  const bare = name.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? isInDomain(host, bare) : host === bare || isInNetwork(host, bare)
}

/** What stays on this machine needs no proxy, whatever NO_PROXY says (as in Go). */
const isLoopback = (url: URL): boolean => {
  const host = bareHost(url)
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

const bypasses = (url: URL, noProxy: string): boolean =>
  isLoopback(url) ||
  noProxy
    .split(/[\s,]+/)
    .filter((item) => item !== '')
    .some((item) => isExempt(url, item.toLowerCase()))

export const proxyFor = (url: URL, environment: Environment): URL | undefined => {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const text = variable(environment, name) || variable(environment, 'ALL_PROXY')
  if (text === '' || bypasses(url, variable(environment, 'NO_PROXY'))) return undefined
  const whole = text.includes('://') ? text : `http://${text}`
  const proxy = URL.canParse(whole) ? new URL(whole) : undefined
  if (proxy && schemes.includes(proxy.protocol)) return proxy
  throw new UserError(`${name} (or ALL_PROXY) of the environment is not the URL of a proxy`, {
    hint: `it looks like http://proxy.example.org:3128; these schemes are understood: ${schemes.join(' ')}`,
  })
}

/** For messages: a proxy's URL may carry a password. */
export const proxyName = (proxy: URL): string => `${proxy.protocol}//${proxy.host}`

/** Of `http://user:password@proxy`. */
export const proxyLogin = (proxy: URL): { readonly user: string; readonly password: string } | undefined =>
  proxy.username === ''
    ? undefined
    : { user: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) }

export const proxyAuthorization = (proxy: URL): Readonly<Record<string, string>> => {
  const login = proxyLogin(proxy)
  if (!login) return {}
  const encoded = Buffer.from(`${login.user}:${login.password}`).toString('base64')
  return { 'proxy-authorization': `Basic ${encoded}` }
}
