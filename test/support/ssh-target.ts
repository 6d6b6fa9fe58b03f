/** A server and the way to it, for a test. Takes what differs from a host that lets a key in; gives both, taken down at the end. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { knownHostsLine } from '../../src/host/known-hosts.ts'
import type { SshTarget } from '../../src/host/ssh-target.ts'
import { scratchDirectory } from './scratch.ts'
import { type SshKey, sshKey } from './ssh-keys.ts'
import { type SshServer, type SshServerOptions, sshServer } from './ssh-server.ts'

export type Reachable = {
  readonly server: SshServer
  readonly target: SshTarget
  readonly hostKey: SshKey
  readonly pinFile: string
}

export const blobOf = ({ publicKey }: SshKey): Buffer => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64')

export const knownLine = (port: number, key: SshKey): string => knownHostsLine('127.0.0.1', port, blobOf(key))

/** A text as a file that only its owner reads. */
export const secretFile = (text: string): string => {
  const file = join(scratchDirectory('secret'), 'file')
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

/** Until somebody closes the server. */
export const sshWay = async (
  options: Partial<SshServerOptions> = {},
  way: Partial<SshTarget> = {},
): Promise<Reachable> => {
  const [hostKey, userKey] = [sshKey(), sshKey()]
  const server = await sshServer({
    hostKeys: [hostKey.privateKey],
    authorized: [userKey.publicKey],
    ...options,
  })
  const folder = scratchDirectory('known-hosts')
  const known = join(folder, 'known_hosts')
  writeFileSync(known, knownLine(server.port, hostKey))
  const pinFile = join(folder, 'pinned', 'known_hosts')
  const target: SshTarget = {
    name: 'w1',
    host: '127.0.0.1',
    port: server.port,
    user: 'ops',
    identityFiles: [userKey.file],
    agentSocket: undefined,
    knownHostsFiles: [known, pinFile],
    passwordFile: undefined,
    sudoPasswordFile: undefined,
    bastion: undefined,
    ...way,
  }
  return { server, target, hostKey, pinFile }
}

/** Until the test ends. */
export const reachable = async (
  options: Partial<SshServerOptions> = {},
  way: Partial<SshTarget> = {},
): Promise<Reachable> => {
  const reached = await sshWay(options, way)
  onTestFinished(() => reached.server.close())
  return reached
}
