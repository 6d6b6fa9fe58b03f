/** Ways through a proxy. Take a socket to it and where to go; afterwards the socket leads there. */
import { isIP, type Socket } from 'node:net'
import { proxyAuthorization, proxyLogin } from './proxy-choice.ts'
import { readFromSocket } from './read-from-socket.ts'

export type Destination = { readonly host: string; readonly port: number }

/** node:http's own limit for headers. */
const longestAnswer = 16_384

/** CONNECT (RFC 9110, 9.3.6). A proxy that agrees answers with headers alone. */
export const tunnelByConnect = async (
  socket: Socket,
  proxy: URL,
  { host, port }: Destination,
): Promise<void> => {
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const headers = { host: authority, ...proxyAuthorization(proxy) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`CONNECT ${authority} HTTP/1.1\r\n${lines.join('')}\r\n`)
  const answer = await readFromSocket(socket, (bytes) => {
    const end = bytes.indexOf('\r\n\r\n')
    if (end === -1 && bytes.length > longestAnswer) throw new Error('the proxy does not speak HTTP')
    return end === -1 ? undefined : end + 4
  })
  const [, status = 'nothing'] = /^HTTP\/1\.[01] (\d{3}[^\r]*)/.exec(answer.toString('latin1')) ?? []
  if (!status.startsWith('2')) throw new Error(`the proxy refused to connect to ${authority}: ${status}`)
}

const socksVersion = 5
const [noLogin, byPassword] = [0, 2]

/** RFC 1928, 6: what a reply's code means. */
const socksRefusals = [
  'succeeded',
  'general failure',
  'not allowed by its rules',
  'network unreachable',
  'host unreachable',
  'connection refused',
  'TTL expired',
  'command not supported',
  'address type not supported',
]

const textField = (text: string): Buffer => {
  const bytes = Buffer.from(text)
  if (bytes.length > 255) throw new Error('SOCKS takes no names or passwords of more than 255 bytes')
  return Buffer.concat([Buffer.from([bytes.length]), bytes])
}

const addressField = (host: string): Buffer => {
  if (isIP(host) === 4) return Buffer.from([1, ...host.split('.').map(Number)])
  return Buffer.concat([Buffer.from([3]), textField(host)])
}

const readBytes = (socket: Socket, count: number): Promise<Buffer> =>
  readFromSocket(socket, (bytes) => (bytes.length < count ? undefined : count))

/** RFC 1929. */
const logIn = async (socket: Socket, proxy: URL): Promise<void> => {
  const login = proxyLogin(proxy)
  if (!login) throw new Error('the SOCKS proxy wants a user and a password')
  socket.write(Buffer.concat([Buffer.from([1]), textField(login.user), textField(login.password)]))
  const [, status] = await readBytes(socket, 2)
  if (status !== 0) throw new Error('the SOCKS proxy refused the user or the password')
}

/** SOCKS 5 (RFC 1928). Names are left to the proxy to look up: behind one, a workstation often cannot. */
export const tunnelBySocks = async (
  socket: Socket,
  proxy: URL,
  { host, port }: Destination,
): Promise<void> => {
  const methods = proxyLogin(proxy) ? [noLogin, byPassword] : [noLogin]
  socket.write(Buffer.from([socksVersion, methods.length, ...methods]))
  const [version, method] = await readBytes(socket, 2)
  if (version !== socksVersion) throw new Error('the proxy does not speak SOCKS 5')
  if (method === byPassword) await logIn(socket, proxy)
  else if (method !== noLogin) throw new Error('the SOCKS proxy takes none of the ways to log in')
  const connect = Buffer.from([socksVersion, 1, 0])
  socket.write(Buffer.concat([connect, addressField(host), Buffer.from([port >> 8, port & 255])]))
  const [, code = 1, , kind] = await readBytes(socket, 4)
  if (code !== 0)
    throw new Error(`the SOCKS proxy: ${socksRefusals[code] ?? `refusal ${code}`} (${host}:${port})`)
  // The address that the proxy uses itself, which nobody needs, and a port of two bytes.
  const [nameLength = 0] = kind === 3 ? await readBytes(socket, 1) : []
  await readBytes(socket, (kind === 1 ? 4 : kind === 4 ? 16 : nameLength) + 2)
}
