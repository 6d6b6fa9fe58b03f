/**
 * A connection that stands, and what is opened over it. Takes a client that has logged in; gives channels: to each request for one an
 * answer comes, also when the connection goes dead or the user ends it while the host says nothing.
 */
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { HostError, Interrupted } from '../errors.ts'

export type Connection = {
  readonly client: Client
  readonly name: string
  readonly lost: () => Error | undefined
  readonly onLost: (listener: () => void) => () => void
}

export const watch = (client: Client, name: string): Connection => {
  let lost: Error | undefined
  const listeners = new Set<() => void>()
  const end = (error: Error): void => {
    lost ??= error
    for (const listener of [...listeners]) listener()
  }
  client.on('error', end)
  client.on('close', () => end(new Error('the connection was closed')))
  return {
    client,
    name,
    lost: () => lost,
    onLost: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export const lostWhile = ({ name, lost }: Connection, doing: string): HostError =>
  new HostError(`lost the connection to ${name} while ${doing}`, {
    host: name,
    doing,
    output: lost()?.message,
    hint: 'run the same command again: it goes on from what is there',
  })

type ChannelRequest<T> = {
  readonly doing: string
  /** What is said when the host answers no. */
  readonly refused: string
  readonly signal?: AbortSignal | undefined
  readonly open: (answer: (error: Error | undefined, channel: ClientChannel) => void) => void
  /** Called in the same moment: what a short command says may be there already, and its end is told only once. */
  readonly use: (channel: ClientChannel) => T | Promise<T>
}

export const openChannel = <T>(connection: Connection, request: ChannelRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const { doing, refused, signal, open, use } = request
    if (signal?.aborted) return reject(new Interrupted())
    if (connection.lost()) return reject(lostWhile(connection, doing))
    let settled = false
    const settle = (end: () => void): void => {
      settled = true
      stopListening()
      signal?.removeEventListener('abort', abort)
      end()
    }
    const abort = (): void => settle(() => reject(new Interrupted()))
    const stopListening = connection.onLost(() => settle(() => reject(lostWhile(connection, doing))))
    signal?.addEventListener('abort', abort, { once: true })
    try {
      open((error, channel) => {
        // Nobody waits for it any more.
        if (settled) return channel?.close()
        const failure = { host: connection.name, doing, output: error?.message }
        settle(() => (error ? reject(new HostError(refused, failure, error)) : resolve(use(channel))))
      })
    } catch {
      // ssh2 throws where the other side has hung up and the connection's end is not told yet.
      settle(() => reject(lostWhile(connection, doing)))
    }
  })

/** A TCP connection that the host makes. */
export const forward = (
  connection: Connection,
  address: string,
  port: number,
  signal?: AbortSignal,
): Promise<Duplex> =>
  openChannel(connection, {
    doing: `connecting to ${address}:${port} from there`,
    refused: `${connection.name} could not connect to ${address}:${port}`,
    signal,
    open: (answer) => connection.client.forwardOut('127.0.0.1', 0, address, port, answer),
    use: (channel): Duplex => channel,
  })
