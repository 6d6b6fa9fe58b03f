/**
 * Packets that go to the kernel in one call. ssh2 cuts what is written into packets of 32 KB, and makes three writes of each: its length,
 * what is in it, its tag. Takes a client; what is written in one go, or because of one piece of what the host says, goes together.
 * ssh2 has no way to ask for that: where it has no socket that is known, each write goes by itself.
 */
import { Duplex } from 'node:stream'
import type { Client } from 'ssh2'

const socketOf = (client: Client): Duplex | undefined =>
  '_sock' in client && client._sock instanceof Duplex ? client._sock : undefined

export const together = (client: Client, write: () => void): void => {
  const socket = socketOf(client)
  socket?.cork()
  write()
  socket?.uncork()
}

/** The host says that it can take more, and ssh2 writes what has waited for that. */
export const answerTogether = (client: Client): void => {
  const socket = socketOf(client)
  socket?.prependListener('data', () => {
    socket.cork()
    process.nextTick(() => socket.uncork())
  })
}
