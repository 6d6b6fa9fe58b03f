/**
 * The look at a cluster before a stage of a rotation: who is there, what their files say, and what this machine keeps. Takes the
 * cluster and what is to be replaced; gives what deciding and planning need. New keys are made here, and saved before any host sees
 * what belongs to them.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Bundle } from '../bundle/open.ts'
import type { HostConfig } from '../config/schema.ts'
import { kubeletConf } from '../constants.ts'
import { UserError } from '../errors.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import { type Authorities, adoptAuthorities, storedFiles } from '../pki/authorities.ts'
import { caHashesIn } from '../pki/ca-hash.ts'
import { refuseToReplace } from '../pki/given.ts'
import { arrangedAs, generationsOf, type RotatableId, secretsOf } from '../pki/rotation/generations.ts'
import { inProgress, keptAsSigning, type Rotation } from '../pki/rotation/progress.ts'
import { withSuccessors } from '../pki/rotation/successors.ts'
import type { Store } from '../pki/store.ts'
import { writeAdminKubeconfig } from './admin-kubeconfig.ts'
import type { Cluster } from './cluster.ts'
import type { RunAround } from './cluster-run.ts'
import { clusterStore } from './cluster-store.ts'
import { lookFirst, noClusterOn } from './look-first.ts'
import { preflight } from './preflight.ts'
import type { Absent } from './present-hosts.ts'
import type { Session } from './session.ts'

export type RotateOptions = RunAround &
  Cluster & {
    readonly bundle: Bundle
    readonly ids: readonly RotatableId[]
    readonly rollback: boolean
    /** Nothing new is begun: what is under way is gone on with. */
    readonly goOn: boolean
    readonly acceptNew: boolean
    readonly ignore: readonly string[]
  }

export type RotateSession = {
  readonly session: Session
  readonly store: Store
  readonly absent: readonly Absent[]
  /** The hosts that are there and part of the cluster. */
  readonly hosts: readonly HostConfig[]
  readonly rotation: Rotation
}

const refuseAbsentControlPlane = (config: Cluster['config'], absent: readonly Absent[]): void => {
  const missing = absent.find(({ host }) =>
    config.hosts.some(({ name, role }) => name === host && role === 'control-plane'),
  )
  if (!missing) return
  throw new UserError(`the control plane ${missing.host} cannot be reached: ${missing.why}`, {
    hint: 'a CA is replaced on all control planes, one after the other: turn it on and run this again',
    exitCode: 1,
  })
}

const refuseWithoutKey = (kept: Authorities, ids: readonly RotatableId[]): void => {
  const lost = ids.find((id) => generationsOf(kept, id)[0]?.privatePem === undefined)
  if (lost === undefined) return
  throw new UserError(`there is no way back for ${lost}: the key of before is not on this machine`, {
    hint: 'go on instead: slipway certs rotate-ca, without --rollback',
  })
}

/** Under way is gone on with; only where nothing is, something is begun. */
const chosen = async (
  { ids, rollback, goOn, config }: RotateOptions,
  kept: Authorities,
  there: Authorities,
): Promise<{ readonly kept: Authorities; readonly ids: readonly RotatableId[] }> => {
  const begun = inProgress(kept, there).filter((id) => ids.includes(id))
  if (rollback && begun.length === 0)
    throw new UserError('there is nothing to go back from: no CA is being replaced', {
      hint: 'what has been dropped cannot come back: replace the CA once more',
    })
  if (rollback) refuseWithoutKey(kept, begun)
  // A successor whose key was lost with another machine has signed nothing: another takes its place.
  const orphans = begun.filter((id) => generationsOf(kept, id).at(-1)?.privatePem === undefined)
  const wanted = goOn || begun.length > 0 ? orphans : ids
  if (rollback || wanted.length === 0) return { kept, ids: begun }
  const next = await withSuccessors(arrangedAs(kept, there), wanted, config.certificates, new Date())
  return { kept: next, ids: begun.length > 0 ? begun : ids }
}

/** What is there already is not written again: sealing costs a second. */
const keep = async (store: Store, wanted: Authorities, stored: Authorities | undefined): Promise<void> => {
  if (!stored || !isDeepStrictEqual(storedFiles(wanted), storedFiles(stored))) await store.save(wanted)
}

const look = async (
  options: RotateOptions,
  session: Session,
  absent: readonly Absent[],
): Promise<RotateSession> => {
  const { config, clusterFile, emit, ignore, secrets, rollback } = options
  const store = clusterStore(options)
  const filesOf = (host: HostConfig) => session.facts.get(host.name)?.identity ?? {}
  const onFirst = filesOf(firstControlPlane(config))
  const there = adoptAuthorities(onFirst)
  if (!there) throw noClusterOn(config, clusterFile)
  const stored = await store.load()
  const { kept, ids } = await chosen(options, stored ?? (await store.adopt(onFirst)) ?? there, there)
  for (const key of secretsOf(kept)) secrets.add(key)
  const present = config.hosts.filter((host) => session.hosts.has(host.name))
  const caHashes = generationsOf(kept, 'ca').flatMap(({ publicPem }) => caHashesIn(publicPem))
  preflight({ config, facts: session.facts, hosts: present, caHashes, ignore, emit })
  const hosts = present.filter((host) => filesOf(host)[kubeletConf] !== undefined)
  const files = hosts.map((host) => ({ host: host.name, role: host.role, files: filesOf(host) }))
  const rotation = { kept, there, ids, rollback, hosts: files }
  await keep(store, keptAsSigning(rotation), stored)
  await writeAdminKubeconfig(options)
  return { session, store, absent, hosts, rotation }
}

export const openRotation = async (options: RotateOptions): Promise<RotateSession> => {
  const { config, ids } = options
  refuseToReplace(config, ids)
  return lookFirst(options, config.hosts, async (session, absent) => {
    refuseAbsentControlPlane(config, absent)
    return look(options, session, absent)
  })
}
