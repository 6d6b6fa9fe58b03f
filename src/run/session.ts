/**
 * A run's hold on the cluster's hosts: connections, a lock on each host, and facts. Takes the cluster file; gives what planning and
 * running need. Ending it lets everything go; so does dying, since the lock lives as long as the connection that holds it.
 */
import { readFile } from 'node:fs/promises'
import { homedir, userInfo } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { localPath, type PathBase } from '../config/paths.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { gatherFacts } from '../facts/gather.ts'
import type { HostFacts } from '../facts/types.ts'
import { connectEach, connectHosts } from '../host/connect-all.ts'
import type { Secrets } from '../host/credentials.ts'
import { withIncludes } from '../host/ssh-config-text.ts'
import type { SshOptions } from '../host/ssh-dial.ts'
import { type SshTarget, targetOf } from '../host/ssh-target.ts'
import type { Host } from '../host/types.ts'
import { clusterFolder } from '../pki/store.ts'
import { type Lock, takeLocks } from './lock.ts'

export type SessionOptions = {
  readonly clusterFile: string
  readonly config: ClusterConfig
  readonly hosts: readonly HostConfig[]
  readonly acceptNew: boolean
  readonly lock: boolean
  readonly secrets?: Secrets | undefined
  readonly signal?: AbortSignal | undefined
}

export type Session = {
  readonly hosts: ReadonlyMap<string, Host>
  readonly facts: ReadonlyMap<string, HostFacts>
  readonly close: () => Promise<void>
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '')

/** The user's own may be missing; one that the cluster file names may not. */
const sshConfigText = async (named: string | undefined, base: PathBase): Promise<string> => {
  if (named === undefined) return withIncludes(await readText(join(base.home, '.ssh', 'config')), base.home)
  const path = localPath(named, base)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`ssh.configFile: cannot read ${path}`, { cause })
  })
  return withIncludes(text, base.home)
}

export const sshTargets = async ({
  clusterFile,
  config,
  hosts,
}: Pick<SessionOptions, 'clusterFile' | 'config' | 'hosts'>): Promise<readonly SshTarget[]> => {
  const home = homedir()
  const folder = dirname(resolve(clusterFile))
  const around = {
    home,
    localUser: userInfo().username,
    agentSocket: process.env['SSH_AUTH_SOCK'],
    clusterFolder: folder,
    sshConfigText: await sshConfigText(config.ssh.configFile, { folder, home }),
    pinFile: join(clusterFolder(clusterFile, config.name), 'known_hosts'),
  }
  return hosts.map((host) => targetOf(host, config.ssh, around))
}

type ConnectOptions = Pick<
  SessionOptions,
  'clusterFile' | 'config' | 'hosts' | 'acceptNew' | 'secrets' | 'signal'
>

const sshOptions = ({ clusterFile, config, acceptNew, secrets, signal }: ConnectOptions): SshOptions => ({
  acceptNew,
  pinFile: join(clusterFolder(clusterFile, config.name), 'known_hosts'),
  secrets,
  signal,
})

export const connectCluster = async (options: ConnectOptions): Promise<ReadonlyMap<string, Host>> =>
  connectHosts(await sshTargets(options), sshOptions(options))

/** For what can go on without some of them: what came of each host, in their order. */
export const tryHosts = async (options: ConnectOptions): Promise<readonly PromiseSettledResult<Host>[]> =>
  connectEach(await sshTargets(options), sshOptions(options))

type SessionOf = Pick<SessionOptions, 'config' | 'lock' | 'signal'>

/** A session with hosts that are connected already; it closes them, also when it cannot be opened. */
export const sessionWith = async (
  hosts: ReadonlyMap<string, Host>,
  { config, lock, signal }: SessionOf,
): Promise<Session> => {
  const closeAll = async (locks: readonly Lock[]): Promise<void> => {
    await Promise.all(locks.map((each) => each.release()))
    await Promise.all([...hosts.values()].map((host) => host.close()))
  }
  let locks: readonly Lock[] = []
  try {
    locks = lock ? await takeLocks([...hosts.values()]) : []
    const names = config.hostPrep.hostsFile ? [] : config.hosts.map(({ name }) => name)
    const etcdDataDir = config.controlPlane.etcd.dataDir
    const facts = await Promise.all(
      [...hosts.values()].map((host) => gatherFacts(host, { names, etcdDataDir, now: Date.now, signal })),
    )
    return { hosts, facts: new Map(facts.map((each) => [each.host, each])), close: () => closeAll(locks) }
  } catch (error) {
    await closeAll(locks)
    throw error
  }
}

export const openSession = async (options: SessionOptions): Promise<Session> =>
  sessionWith(await connectCluster(options), options)
