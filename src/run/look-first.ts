/**
 * What comes before certificates of a cluster that is there are changed: its hosts are connected, as many as are on, and looked at.
 * Takes the hosts that are wanted and how to look; gives what was found, and closes everything where looking failed.
 */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import type { Cluster } from './cluster.ts'
import type { RunAround } from './cluster-run.ts'
import { type Absent, connectPresent } from './present-hosts.ts'
import { type Session, sessionWith } from './session.ts'

export const lookFirst = async <T>(
  {
    config,
    clusterFile,
    acceptNew,
    secrets,
    emit,
    signal,
  }: RunAround & Cluster & { readonly acceptNew: boolean },
  wanted: readonly HostConfig[],
  look: (session: Session, absent: readonly Absent[]) => Promise<T>,
): Promise<T> => {
  const started = Date.now()
  emit({
    kind: 'phase-start',
    phase: 'preflight',
    title: 'Check the hosts',
    hosts: wanted.map(({ name }) => name),
  })
  const { hosts, absent } = await connectPresent({
    clusterFile,
    config,
    hosts: wanted,
    acceptNew,
    secrets,
    signal,
  })
  const session = await sessionWith(hosts, { config, lock: true, signal })
  try {
    const looked = await look(session, absent)
    emit({ kind: 'phase-end', phase: 'preflight', seconds: (Date.now() - started) / 1000 })
    return looked
  } catch (error) {
    await session.close()
    throw error
  }
}

export const noClusterOn = (config: ClusterConfig, clusterFile: string): UserError =>
  new UserError(`there is no cluster ${config.name} on ${firstControlPlane(config).name}`, {
    hint: `make it: slipway apply -c ${clusterFile}`,
  })
