/**
 * The way to a server: straight, or from inside the one before it, however many there are. Takes a target; gives a login. A bastion
 * is logged in to once, for all the hosts behind it: fifty logins at once are more than its sshd takes (MaxStartups 10:30:100).
 */
import type { Credentials } from './credentials.ts'
import { type Connection, forward, watch } from './ssh-connection.ts'
import { dial, type SshOptions } from './ssh-dial.ts'
import type { SshTarget } from './ssh-target.ts'

export type Reached = {
  readonly connection: Connection
  readonly credentials: Credentials
  readonly close: () => void
}

type Lease = { readonly connection: Connection; readonly release: () => void }

/** The connection to a bastion; it is closed when all who asked for it have released it. */
export type Bastions = (bastion: SshTarget) => Promise<Lease>

export const reach = async (target: SshTarget, options: SshOptions, bastions: Bastions): Promise<Reached> => {
  const way = target.bastion && (await bastions(target.bastion))
  try {
    const sock = way && (await forward(way.connection, target.host, target.port, options.signal))
    const { client, credentials } = await dial(target, options, sock)
    const close = (): void => {
      client.end()
      way?.release()
    }
    return { connection: watch(client, target.name), credentials, close }
  } catch (error) {
    way?.release()
    throw error
  }
}

type Shared = { users: number; readonly reached: Promise<Reached> }

export const sharedBastions = (options: SshOptions): Bastions => {
  const open = new Map<string, Shared>()
  const bastions: Bastions = async (bastion) => {
    const key = JSON.stringify(bastion)
    const shared = open.get(key) ?? { users: 0, reached: reach(bastion, options, bastions) }
    open.set(key, shared)
    shared.users += 1
    let held = true
    const release = (): void => {
      if (!held) return
      held = false
      shared.users -= 1
      if (shared.users > 0) return
      open.delete(key)
      shared.reached.then(
        ({ close }) => close(),
        () => undefined,
      )
    }
    try {
      return { connection: (await shared.reached).connection, release }
    } catch (error) {
      release()
      throw error
    }
  }
  return bastions
}
