/**
 * Where and as whom to log in. Takes a host of the cluster file, its ssh section, the text of ssh_config and the environment;
 * gives a target. What the cluster file says wins over ssh_config, which wins over OpenSSH's defaults.
 */
import { localPath } from '../config/paths.ts'
import type { HostConfig, SshConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { type ConfiguredHost, configuredHost } from './ssh-config-file.ts'

export type SshTarget = {
  /** The name in the cluster file; in messages. */
  readonly name: string
  readonly host: string
  readonly port: number
  readonly user: string
  readonly identityFiles: readonly string[]
  readonly agentSocket: string | undefined
  readonly knownHostsFiles: readonly string[]
  readonly passwordFile: string | undefined
  readonly sudoPasswordFile: string | undefined
  readonly bastion: SshTarget | undefined
}

export type Surroundings = {
  readonly home: string
  readonly localUser: string
  readonly agentSocket: string | undefined
  /** Relative paths in the cluster file start here. */
  readonly clusterFolder: string
  readonly sshConfigText: string
  /** The cluster's own known_hosts, where `--accept-new` pins. */
  readonly pinFile: string
}

type Wanted = {
  readonly name: string
  readonly address: string
  readonly ssh: { readonly [K in keyof SshConfig]?: SshConfig[K] | undefined }
  /** In place of what ssh_config says. */
  readonly jumps?: readonly string[]
  /** Who is reached through it, and who through that one. */
  readonly before: readonly string[]
}

const expand = (path: string, { home, clusterFolder }: Surroundings): string =>
  localPath(path, { home, folder: clusterFolder })

/** Of a variable, whatever its name, the usual one is taken. */
const agentOf = (said: string, around: Surroundings): string | undefined => {
  if (said === 'none') return undefined
  return said === 'SSH_AUTH_SOCK' || said.startsWith('$') ? around.agentSocket : expand(said, around)
}

const parseJump = (jump: string): { user?: string; host: string; port?: number } => {
  const [, user, host = jump, port] =
    /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(jump.trim()) ?? []
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    ...(user && { user }),
    ...(port && { port: Number(port) }),
  }
}

const bastionOf = (wanted: Wanted, said: ConfiguredHost, around: Surroundings): SshTarget | undefined => {
  const { address, ssh, jumps = said.jumps } = wanted
  const before = [...wanted.before, address]
  if (ssh.bastion) {
    const { host, port, user, identityFile } = ssh.bastion
    // One of the nodes may be the way to the others.
    if (host === address) return undefined
    const { knownHostsFile, agent } = ssh
    const own = { port, user, identityFile, knownHostsFile, agent }
    return resolveTarget({ name: host, address: host, ssh: own, before }, around)
  }
  const jump = jumps.at(-1)
  if (jump === undefined && said.proxyCommand !== undefined)
    throw new UserError(`ssh_config has a ProxyCommand for ${address}, which is not followed here`, {
      hint: 'say the same with ProxyJump there, or with ssh.bastion in the cluster file',
    })
  if (jump === undefined) return undefined
  const { host, ...own } = parseJump(jump)
  const earlier = jumps.slice(0, -1)
  return resolveTarget(
    { name: host, address: host, ssh: own, before, ...(earlier.length > 0 && { jumps: earlier }) },
    around,
  )
}

const resolveTarget = (wanted: Wanted, around: Surroundings): SshTarget => {
  const { name, address, ssh, before } = wanted
  if (before.includes(address))
    throw new UserError(`ssh_config: ${address} would be reached through itself`, {
      hint: `leave it out where ProxyJump is set: Host * !${address}`,
    })
  const said = configuredHost(around.sshConfigText, address, around)
  const identities = ssh.identityFile ? [ssh.identityFile] : said.identityFiles
  const known = ssh.knownHostsFile ? [ssh.knownHostsFile] : said.knownHostsFiles
  return {
    name,
    host: said.hostName,
    port: ssh.port ?? said.port,
    user: ssh.user ?? said.user,
    identityFiles: identities.map((path) => expand(path, around)),
    agentSocket: ssh.agent === false ? undefined : agentOf(said.identityAgent, around),
    knownHostsFiles: [...known.map((path) => expand(path, around)), around.pinFile],
    passwordFile: ssh.passwordFile && expand(ssh.passwordFile, around),
    sudoPasswordFile: ssh.sudoPasswordFile && expand(ssh.sudoPasswordFile, around),
    bastion: bastionOf(wanted, said, around),
  }
}

export const targetOf = (host: HostConfig, clusterSsh: SshConfig, around: Surroundings): SshTarget => {
  const { address, ...own } = host.ssh ?? {}
  return resolveTarget(
    { name: host.name, address: address ?? host.address, ssh: { ...clusterSsh, ...own }, before: [] },
    around,
  )
}
