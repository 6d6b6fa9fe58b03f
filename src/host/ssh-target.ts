/**
 * Where and as whom to log in. Takes a host of the cluster file, its ssh section, the text of ssh_config and the environment;
 * gives a target. Pure. What the cluster file says wins over ssh_config, which wins over OpenSSH's defaults.
 */
import { isAbsolute, join, resolve } from 'node:path'
import SSHConfig from 'ssh-config'
import type { HostConfig, SshConfig } from '../config/schema.ts'

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

const expand = (path: string, around: Surroundings): string => {
  if (path.startsWith('~/')) return join(around.home, path.slice(2))
  return isAbsolute(path) ? path : resolve(around.clusterFolder, path)
}

/** OpenSSH's own order (ssh_config(5), IdentityFile). */
const defaultIdentities = ['id_ed25519', 'id_ecdsa', 'id_rsa']

type Computed = Readonly<Record<string, string | readonly string[]>>

const first = (computed: Computed, key: string): string | undefined => {
  const value = computed[key]
  return typeof value === 'string' ? value : value?.[0]
}

const list = (computed: Computed, key: string): readonly string[] => {
  const value = computed[key]
  return value === undefined ? [] : typeof value === 'string' ? value.split(/\s+/) : value
}

const bastionTarget = (ssh: SshConfig, computed: Computed, around: Surroundings): SshTarget | undefined => {
  if (ssh.bastion) {
    const { host, port, user, identityFile } = ssh.bastion
    return resolveTarget(
      host,
      host,
      { port, user, identityFile, knownHostsFile: ssh.knownHostsFile, agent: ssh.agent },
      around,
    )
  }
  const jump = first(computed, 'ProxyJump')
  if (!jump || jump === 'none') return undefined
  const [, user, host = jump, port] = /^(?:([^@]+)@)?([^:,]+)(?::(\d+))?/.exec(jump) ?? []
  return resolveTarget(host, host, { user, port: port ? Number(port) : undefined }, around)
}

type Wanted = { readonly [K in keyof SshConfig]?: SshConfig[K] | undefined }

const resolveTarget = (name: string, address: string, ssh: Wanted, around: Surroundings): SshTarget => {
  const computed = SSHConfig.parse(around.sshConfigText).compute(address) as Computed
  const identities = ssh.identityFile
    ? [ssh.identityFile]
    : list(computed, 'IdentityFile').length > 0
      ? list(computed, 'IdentityFile')
      : defaultIdentities.map((file) => `~/.ssh/${file}`)
  const known = ssh.knownHostsFile
    ? [ssh.knownHostsFile]
    : list(computed, 'UserKnownHostsFile').length > 0
      ? list(computed, 'UserKnownHostsFile')
      : ['~/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts']
  return {
    name,
    host: first(computed, 'HostName') ?? address,
    port: ssh.port ?? Number(first(computed, 'Port') ?? 22),
    user: ssh.user ?? first(computed, 'User') ?? around.localUser,
    identityFiles: identities.map((path) => expand(path, around)),
    agentSocket: ssh.agent === false ? undefined : around.agentSocket,
    knownHostsFiles: [...known.map((path) => expand(path, around)), around.pinFile],
    passwordFile: ssh.passwordFile && expand(ssh.passwordFile, around),
    sudoPasswordFile: ssh.sudoPasswordFile && expand(ssh.sudoPasswordFile, around),
    bastion: bastionTarget(ssh as SshConfig, computed, around),
  }
}

export const targetOf = (host: HostConfig, clusterSsh: SshConfig, around: Surroundings): SshTarget => {
  const { address, ...own } = host.ssh ?? {}
  return resolveTarget(host.name, address ?? host.address, { ...clusterSsh, ...own }, around)
}
