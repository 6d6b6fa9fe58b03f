/** A wire that can be cut or go dead. Takes a port to relay to; gives a port of its own. Loopback only. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export type TcpRelay = {
  readonly port: number
  /** Both ends learn of it at once, as when a process dies. */
  readonly cut: () => void
  /** Nothing more arrives on either side, and nobody is told, as when a cable is pulled. */
  readonly freeze: () => void
  readonly close: () => Promise<void>
}

export const tcpRelay = async (to: number): Promise<TcpRelay> => {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1')
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      // Neither does sshd wait to fill a packet.
      from.setNoDelay(true)
      from.on('error', () => into.destroy())
      from.on('close', () => into.destroy())
      from.pipe(into)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
    sockets.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
