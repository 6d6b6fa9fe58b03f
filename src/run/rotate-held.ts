/**
 * Why what is old is still trusted at the end of a rotation. Takes the look at the cluster and its API; gives a reason for each that may
 * not be dropped yet.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { pkiDirectory } from '../constants.ts'
import type { RotatableId } from '../pki/rotation/generations.ts'
import type { Prepared } from './cluster-run.ts'
import { type NodeRow, readNodes } from './nodes.ts'
import type { RotateOptions, RotateSession } from './rotate-session.ts'

/** Why one is still trusted: a host has not been refreshed, or there are tokens that live. */
export type Held = { readonly id: RotatableId; readonly kind: 'host' | 'time'; readonly why: string }

type HeldOptions = RotateOptions & { readonly tokensLiveSeconds: number }

/** A held kubelet comes back after half a minute, and an API server that has been killed is backed off from for as long again. */
const apiAwaySeconds = 90

const tokenKeySince = async ({ session, hosts }: RotateSession): Promise<number> => {
  const told = await Promise.all(
    hosts
      .filter(({ role }) => role === 'control-plane')
      .map(({ name }) =>
        session.hosts.get(name)?.exec({
          command: ['stat', '-c', '%Y', `${pkiDirectory}/sa.key`],
          doing: 'asking since when tokens are signed with this key',
        }),
      ),
  )
  return Math.max(0, ...told.map((each) => Number(each?.stdout ?? 0)))
}

/** A run that was killed may have been replacing the only API server: its kubelet is on its way to start one. */
const nodesOnceThere = async (
  api: Prepared['api'],
  signal: AbortSignal | undefined,
): Promise<readonly NodeRow[]> => {
  const deadline = Date.now() + apiAwaySeconds * 1000
  for (;;) {
    try {
      return await readNodes(await api.admin())
    } catch (error) {
      if (signal?.aborted || Date.now() > deadline) throw error
      await sleep(500, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** Nodes that the cluster has and the cluster file does not: nobody would refresh them. */
const strangers = async (options: RotateOptions, api: Prepared['api']): Promise<readonly string[]> => {
  const nodes = await nodesOnceThere(api, options.signal)
  return nodes
    .map(({ name }) => name)
    .filter((name) => !options.config.hosts.some((host) => host.name === name))
}

export const whyHeld = async (
  options: HeldOptions,
  looked: RotateSession,
  api: Prepared['api'],
): Promise<readonly Held[]> => {
  const { ids } = looked.rotation
  const unseen = looked.absent.map(({ host, why }) => ({
    id: 'ca' as const,
    kind: 'host' as const,
    why: `${host} has not been seen with the new CA: ${why}`,
  }))
  const unknown = (ids.includes('ca') ? await strangers(options, api) : []).map((node) => ({
    id: 'ca' as const,
    kind: 'host' as const,
    why: `the node ${node} is in the cluster, but not in the cluster file`,
  }))
  const until = new Date(((await tokenKeySince(looked)) + options.tokensLiveSeconds) * 1000)
  const tokens: readonly Held[] =
    until > new Date() && !looked.rotation.rollback
      ? [
          {
            id: 'sa',
            kind: 'time',
            why: `tokens that the old key has signed may live until ${until.toISOString()}`,
          },
        ]
      : []
  return [...unseen, ...unknown, ...tokens].filter(({ id }) => ids.includes(id))
}
