/**
 * The look at a cluster before its certificates are renewed: who is there, what their files say, and what this machine keeps. Takes the
 * cluster and the hosts; gives what deciding and planning need. A host that is off holds nothing up but its own certificates.
 */
import type { Bundle } from '../bundle/open.ts'
import type { HostConfig } from '../config/schema.ts'
import { kubeletConf, pkiDirectory } from '../constants.ts'
import { UserError } from '../errors.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import { type Authorities, adoptAuthorities } from '../pki/authorities.ts'
import { caHashesIn } from '../pki/ca-hash.ts'
import { expiredAuthority } from '../pki/renewal.ts'
import { arrangedAs, generationsOf, secretsOf } from '../pki/rotation/generations.ts'
import type { Cluster } from './cluster.ts'
import type { RunAround } from './cluster-run.ts'
import { clusterStore } from './cluster-store.ts'
import { lookFirst, noClusterOn } from './look-first.ts'
import { andTheFirst, namedHosts } from './named-hosts.ts'
import { preflight } from './preflight.ts'
import type { Absent } from './present-hosts.ts'
import type { Session } from './session.ts'

export type RenewOptions = RunAround &
  Cluster & {
    readonly bundle: Bundle
    /** Names of hosts, when not all. */
    readonly only: readonly string[] | undefined
    readonly acceptNew: boolean
    readonly ignore: readonly string[]
  }

export type RenewSession = {
  readonly session: Session
  readonly absent: readonly Absent[]
  /** The chosen hosts that are there and part of the cluster. */
  readonly hosts: readonly HostConfig[]
  readonly authorities: Authorities
}

const refuseAbsentFirst = ({ config }: Cluster, absent: readonly Absent[]): void => {
  const first = firstControlPlane(config).name
  const missing = absent.find(({ host }) => host === first)
  if (!missing) return
  throw new UserError(`the control plane ${first} cannot be reached: ${missing.why}`, {
    hint: 'the API is behind it: turn it on and run this again',
    exitCode: 1,
  })
}

/** Where a CA has ended, no certificate helps. */
const refuseExpired = (authorities: Authorities, now: Date): void => {
  const expired = expiredAuthority(authorities, now)
  if (!expired) return
  const { file, until } = expired
  throw new UserError(
    `the CA ${pkiDirectory}/${file}.crt itself expired on ${until.toISOString().slice(0, 10)}`,
    {
      hint: 'what it signs is worthless from then on: only new CAs help, and with them a new cluster from a backup of etcd',
      exitCode: 1,
    },
  )
}

const look = async (
  options: RenewOptions,
  session: Session,
  absent: readonly Absent[],
): Promise<RenewSession> => {
  const { config, clusterFile, only, emit, ignore, secrets } = options
  const store = clusterStore(options)
  const filesOf = (host: HostConfig) => session.facts.get(host.name)?.identity ?? {}
  const onFirst = filesOf(firstControlPlane(config))
  const stored = await store.load()
  const authorities = stored ? arrangedAs(stored, adoptAuthorities(onFirst)) : await store.adopt(onFirst)
  if (!authorities) throw noClusterOn(config, clusterFile)
  if (!stored) await store.save(authorities)
  refuseExpired(authorities, new Date())
  for (const key of secretsOf(authorities)) secrets.add(key)
  const present = namedHosts(config, only).filter(({ name }) => session.hosts.has(name))
  const caHashes = generationsOf(authorities, 'ca').flatMap(({ publicPem }) => caHashesIn(publicPem))
  preflight({ config, facts: session.facts, hosts: present, caHashes, ignore, emit })
  const hosts = present.filter((host) => filesOf(host)[kubeletConf] !== undefined)
  return { session, absent, hosts, authorities }
}

export const openRenewal = async (options: RenewOptions): Promise<RenewSession> => {
  const { config, only } = options
  return lookFirst(options, andTheFirst(config, namedHosts(config, only)), async (session, absent) => {
    refuseAbsentFirst(options, absent)
    return look(options, session, absent)
  })
}
