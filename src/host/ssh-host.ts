/** A host over SSH: one connection, kept alive, maybe from inside a bastion. Takes a target; gives a Host. */
import { findBecome } from './become.ts'
import { forward } from './ssh-connection.ts'
import type { SshOptions } from './ssh-dial.ts'
import { execOverSsh } from './ssh-exec.ts'
import { type Bastions, reach, sharedBastions } from './ssh-reach.ts'
import type { SshTarget } from './ssh-target.ts'
import type { Host } from './types.ts'

export const connectSsh = async (
  target: SshTarget,
  options: SshOptions,
  bastions: Bastions = sharedBastions(options),
): Promise<Host> => {
  const { connection, credentials, close } = await reach(target, options, bastions)
  const become = await findBecome(connection, credentials.sudoPassword, options.signal).catch(
    (error: unknown) => {
      close()
      throw error
    },
  )
  return {
    name: target.name,
    exec: (request) => execOverSsh(connection, become, request),
    connect: (address, port) => forward(connection, address, port),
    close: async () => close(),
  }
}
