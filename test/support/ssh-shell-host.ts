/**
 * A host behind the SSH server of these tests, with the shell of one's choice. Commands get a PATH of their own, as on a real
 * host, so the shell is put where that PATH begins, in a mount namespace that only the command sees.
 */
import { afterAll } from 'vitest'
import { connectSsh } from '../../src/host/ssh-host.ts'
import type { Host } from '../../src/host/types.ts'
import type { ShellHost } from './shell-host.ts'
import type { SshServer } from './ssh-server.ts'
import { sshWay } from './ssh-target.ts'

/** First in the PATH of every command (src/host/ssh-exec.ts). */
const first = '/usr/local/sbin'

const inNamespace = (tools: string, root: string, command: readonly string[]): readonly string[] => [
  ...['env', `FAKE_ROOT=${root}`, 'unshare', '--mount', 'sh', '-c'],
  ...[`mount --bind "$1" ${first} && shift && exec "$@"`, 'slipway', tools, ...command],
]

type Connected = { readonly server: SshServer; readonly host: Host }

const connect = async (name: string): Promise<Connected> => {
  const { server, target, pinFile } = await sshWay({}, { name })
  return { server, host: await connectSsh(target, { acceptNew: false, pinFile }) }
}

/** A file's tests share a connection, until one of them loses it: logging in takes longer than most of what they do. */
const open = new Map<string, Promise<Connected>>()
const opened: Promise<Connected>[] = []

const connection = (name: string): Promise<Connected> => {
  const connecting = open.get(name) ?? connect(name)
  if (!open.has(name)) opened.push(connecting)
  open.set(name, connecting)
  return connecting
}

afterAll(async () => {
  for (const each of opened) {
    const { host, server } = await each
    await host.close()
    await server.close()
  }
})

export const sshShellHost = (name: string, tools: string, root: string): ShellHost => {
  const used = new Set<SshServer>()
  let channels = 0
  return {
    name,
    root,
    exec: async (request) => {
      channels += 1
      const { host, server } = await connection(name)
      used.add(server)
      return host.exec({ ...request, command: inNamespace(tools, root, request.command) })
    },
    channels: () => channels,
    running: () => [...used].flatMap((server) => [...server.running()]),
    drop: () => {
      open.delete(name)
      for (const server of used) server.cut()
    },
    connect: async (address, port) => (await connection(name)).host.connect(address, port),
    close: () => Promise.resolve(),
  }
}
