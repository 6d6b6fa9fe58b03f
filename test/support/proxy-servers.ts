/**
 * Proxies in this process: HTTP's (CONNECT and forwarding) and SOCKS 5. Take the port on loopback that every name leads to, and maybe a
 * login; give their address and what they were asked for. They end with the test.
 */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net'
import { onTestFinished } from 'vitest'

export type ProxyShape = {
  readonly leadsTo: number
  readonly login?: { readonly user: string; readonly password: string }
  /** PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export type ProxyServer = { readonly port: number; readonly asked: readonly string[] }

const listening = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const join = (near: Socket, port: number): void => {
  const far = connect(port, '127.0.0.1')
  for (const [from, into] of [
    [near, far],
    [far, near],
  ] as const) {
    from.on('error', () => into.destroy())
    from.pipe(into)
  }
}

export const startHttpProxy = async ({ leadsTo, login, tls }: ProxyShape): Promise<ProxyServer> => {
  const asked: string[] = []
  const wanted = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`
  const letsIn = (shown: string | undefined): boolean => wanted === undefined || shown === wanted
  const server = tls ? createSecureServer(tls) : createServer()
  server.on('connect', ({ url, headers }, socket: Socket) => {
    asked.push(`CONNECT ${url}`)
    if (!letsIn(headers['proxy-authorization']))
      return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    socket.write('HTTP/1.1 200 go on\r\n\r\n')
    return join(socket, leadsTo)
  })
  server.on('request', (incoming, outgoing) => {
    const { method, url = '', headers } = incoming
    asked.push(`${method} ${url}`)
    if (!letsIn(headers['proxy-authorization'])) return outgoing.writeHead(407).end()
    const { pathname, search } = new URL(url)
    const options = { host: '127.0.0.1', port: leadsTo, method, path: pathname + search, headers }
    const upstream = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(outgoing)
    })
    return incoming.pipe(upstream)
  })
  return { port: await listening(server), asked }
}

const take = async (socket: Socket, count: number): Promise<Buffer> => {
  for (;;) {
    const bytes = socket.read(count) as Buffer | null
    if (bytes !== null) return bytes
    await once(socket, 'readable')
  }
}

const takeText = async (socket: Socket): Promise<string> => {
  const [length = 0] = await take(socket, 1)
  return (await take(socket, length)).toString()
}

/** RFC 1928 with names, and RFC 1929. `refusal`: the code of a reply that is none of success. */
export const startSocksProxy = async ({
  leadsTo,
  login,
  refusal = 0,
}: ProxyShape & { readonly refusal?: number }): Promise<ProxyServer> => {
  const asked: string[] = []
  const [none, password] = [0, 2]
  const serve = async (socket: Socket): Promise<void> => {
    const [, count = 0] = await take(socket, 2)
    const offered = [...(await take(socket, count))]
    const method = login ? password : none
    if (!offered.includes(method)) return void socket.end(Buffer.from([5, 255]))
    socket.write(Buffer.from([5, method]))
    if (login) {
      await take(socket, 1)
      const isRight = (await takeText(socket)) === login.user && (await takeText(socket)) === login.password
      socket.write(Buffer.from([1, isRight ? 0 : 1]))
      if (!isRight) return void socket.end()
    }
    await take(socket, 4)
    const name = await takeText(socket)
    asked.push(`${name}:${(await take(socket, 2)).readUInt16BE()}`)
    socket.write(Buffer.from([5, refusal, 0, 1, 127, 0, 0, 1, 0, 0]))
    if (refusal === 0) join(socket, leadsTo)
  }
  const server = createTcpServer((socket) => {
    serve(socket).catch(() => socket.destroy())
  })
  return { port: await listening(server), asked }
}
