/** A host over SSH: one connection, kept alive, maybe from inside a bastion. Takes a target; gives a Host. */
import type { Duplex } from 'node:stream'
import type { Client as SshClient } from 'ssh2'
import { HostError } from '../errors.ts'
import { findBecome } from './become.ts'
import { dial, type SshOptions } from './ssh-dial.ts'
import { type Connection, execOverSsh } from './ssh-exec.ts'
import type { SshTarget } from './ssh-target.ts'
import type { Host } from './types.ts'

const forward = (connection: Connection, address: string, port: number): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const doing = `connecting to ${address}:${port} from there`
    const lost = connection.lost()
    if (lost)
      return reject(
        new HostError(`lost the connection to ${connection.name}`, {
          host: connection.name,
          doing,
          output: lost.message,
        }),
      )
    connection.client.forwardOut('127.0.0.1', 0, address, port, (error, channel) =>
      error
        ? reject(
            new HostError(
              `${connection.name} could not connect to ${address}:${port}`,
              { host: connection.name, doing, output: error.message },
              error,
            ),
          )
        : resolve(channel),
    )
  })

const watch = (client: SshClient, name: string): Connection => {
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

const connectBehind = async (
  target: SshTarget,
  options: SshOptions,
  bastion: SshClient | undefined,
): Promise<Host> => {
  const way = bastion && watch(bastion, target.bastion?.name ?? '')
  const sock = way && (await forward(way, target.host, target.port))
  const { client, credentials } = await dial(target, options, sock)
  const connection = watch(client, target.name)
  const become = await findBecome(connection, credentials.sudoPassword, options.signal).catch(
    (error: unknown) => {
      client.end()
      throw error
    },
  )
  return {
    name: target.name,
    exec: (request) => execOverSsh(connection, become, request),
    connect: (address, port) => forward(connection, address, port),
    close: async () => {
      client.end()
      bastion?.end()
    },
  }
}

export const connectSsh = async (target: SshTarget, options: SshOptions): Promise<Host> => {
  const bastion = target.bastion && (await dial(target.bastion, options, undefined)).client
  return connectBehind(target, options, bastion).catch((error: unknown) => {
    bastion?.end()
    throw error
  })
}
