/**
 * The agents that carry requests. Take the environment's proxies and whom to trust; give agents of node:http that dial directly,
 * through CONNECT or through SOCKS, and keep connections for the next request.
 */
import { once } from 'node:events'
import { Agent, type AgentOptions } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { connect, isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { bareHost, type Environment, portOf, proxyFor, proxyName } from './proxy-choice.ts'
import { type Destination, tunnelByConnect, tunnelBySocks } from './tunnel.ts'

export type Agents = { readonly http: Agent; readonly https: SecureAgent }

/** Who does not answer within this time is behind a firewall that drops it: TCP itself would wait for two minutes. */
const dialTimeoutMs = 10_000

export type AgentsOptions = {
  readonly environment: Environment
  /** Made once: reading all CAs of a system takes longer than a handshake. */
  readonly trust: SecureContext
}

const dial = async ({ host, port }: Destination): Promise<Socket> => {
  const socket = connect({ host, port, autoSelectFamily: true, noDelay: true })
  socket.setTimeout(dialTimeoutMs, () => socket.destroy(new Error(`no answer from ${host}:${port}`)))
  await once(socket, 'connect')
  return socket.setTimeout(0)
}

const secured = async (socket: Socket, host: string, trust: SecureContext): Promise<Socket> => {
  // SNI has no addresses (RFC 6066, 3): the certificate is then compared with the host.
  const servername = isIP(host) === 0 ? host : ''
  const secure = connectTls({ socket, host, servername, secureContext: trust })
  secure.setTimeout(dialTimeoutMs, () => secure.destroy(new Error(`no TLS handshake with ${host}`)))
  await once(secure, 'secureConnect')
  return secure.setTimeout(0)
}

const toProxy = async (proxy: URL, trust: SecureContext): Promise<Socket> => {
  const host = bareHost(proxy)
  try {
    const socket = await dial({ host, port: portOf(proxy) })
    return proxy.protocol === 'https:' ? await secured(socket, host, trust) : socket
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`cannot reach the proxy ${proxyName(proxy)}: ${what}`, { cause })
  }
}

/** An HTTP proxy forwards plain requests by itself: they are sent to it, with the whole URL (see request.ts). */
export const isForwarded = (url: URL, proxy: URL): boolean =>
  url.protocol === 'http:' && !proxy.protocol.startsWith('socks')

const reach = async (url: URL, { environment, trust }: AgentsOptions): Promise<Socket> => {
  const proxy = proxyFor(url, environment)
  const destination = { host: bareHost(url), port: portOf(url) }
  if (!proxy) return dial(destination)
  const socket = await toProxy(proxy, trust)
  if (isForwarded(url, proxy)) return socket
  try {
    const tunnel = proxy.protocol.startsWith('socks') ? tunnelBySocks : tunnelByConnect
    await tunnel(socket, proxy, destination)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

type Dialled = (error: Error | null, socket: Duplex) => void

/** node:http asks its agent for a connection by this method; it may answer later, through the callback. */
const dialling = (open: (host: string, port: number) => Promise<Socket>) => ({
  createConnection: (options: { readonly host?: string; readonly port?: number | string }, done: Dialled) => {
    open(options.host ?? '', Number(options.port)).then(
      (socket) => done(null, socket),
      (error: Error) => (done as (error: Error) => void)(error),
    )
    return undefined
  },
})

const urlOf = (scheme: string, host: string, port: number): URL =>
  new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`)

export const makeAgents = (options: AgentsOptions): Agents => {
  const pooled: AgentOptions = { keepAlive: true }
  return {
    http: Object.assign(
      new Agent(pooled),
      dialling((host, port) => reach(urlOf('http', host, port), options)),
    ),
    https: Object.assign(
      new SecureAgent(pooled),
      dialling(async (host, port) =>
        secured(await reach(urlOf('https', host, port), options), host, options.trust),
      ),
    ),
  }
}
