/**
 * A proxy that knows where names lead, so that a test can be upstream: CONNECT alone. Takes ports of loopback by `host:port`; whoever
 * wants to get anywhere else is refused. It ends with the test, or when `atEnd` says.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export type ConnectProxy = {
  readonly origin: URL
  /** `dl.k8s.io:443`, in the order in which they were asked for. */
  readonly asked: string[]
}

export type ProxyPlace = {
  readonly address?: string
  readonly atEnd?: (close: () => Promise<void>) => void
}

export const startConnectProxy = async (
  ports: Readonly<Record<string, number>>,
  { address = '127.0.0.1', atEnd = onTestFinished }: ProxyPlace = {},
): Promise<ConnectProxy> => {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '')
    answer.writeHead(502).end()
  })
  server.on('connect', (request, near: Socket) => {
    asked.push(request.url ?? '')
    const port = ports[request.url ?? '']
    if (port === undefined) {
      near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      return
    }
    const far = connect(port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
  })
  server.listen(0, address)
  await once(server, 'listening')
  atEnd(async () => {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { origin: new URL(`http://${address}:${(server.address() as AddressInfo).port}`), asked }
}
