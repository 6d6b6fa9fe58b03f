/**
 * The files of all hosts once more, at the end of a stage: whatever was told while it ran, this is how the hosts are. Takes the look
 * from before; gives what is there now, or refuses to go on from what is not as the stage makes it.
 */
import { HostError } from '../errors.ts'
import { gatherFacts } from '../facts/gather.ts'
import { adoptAuthorities } from '../pki/authorities.ts'
import type { RotatableId } from '../pki/rotation/generations.ts'
import { idsAt, type Rotation, standings, targetOf } from '../pki/rotation/progress.ts'
import { remaining, type Stage } from '../pki/rotation/stages.ts'
import type { Standing } from '../pki/rotation/standing.ts'
import { names } from './rotate-proof.ts'
import type { RotateSession } from './rotate-session.ts'

const unlike = (stage: Stage, standing: Standing, target: string): string | undefined => {
  const { untrusting, unsigned, alsoTrusting } = remaining([standing], target)
  if (stage === 'trust') return untrusting[0]
  return [...untrusting, ...unsigned, ...(stage === 'drop' ? alsoTrusting : [])][0]
}

const refuseUnlike = (rotation: Rotation, stage: Stage, ids: readonly RotatableId[]): void => {
  for (const id of ids)
    for (const standing of standings(rotation, id)) {
      const path = unlike(stage, standing, targetOf(rotation, id).publicPem)
      if (path === undefined) continue
      throw new HostError(`${path} is not as the stage ${stage} makes it (${names[id]})`, {
        host: standing.host,
        doing: `reading back what the stage ${stage} has written`,
        hint: 'run the same command again: it begins with what is missing',
      })
    }
}

/** `dropped`: what a stage that drops was allowed to. */
export const readBack = async (
  { session, rotation }: RotateSession,
  stage: Stage,
  dropped: readonly RotatableId[],
): Promise<Rotation> => {
  const hosts = await Promise.all(
    rotation.hosts.map(async (each) => {
      const host = session.hosts.get(each.host)
      if (!host) throw new Error(`not connected to ${each.host}`)
      return { ...each, files: (await gatherFacts(host, { names: [], now: Date.now })).identity }
    }),
  )
  const first = hosts.find(({ role }) => role === 'control-plane')
  const there = adoptAuthorities(first?.files ?? {}) ?? rotation.there
  refuseUnlike({ ...rotation, hosts }, stage, stage === 'drop' ? dropped : idsAt(rotation, stage))
  return { ...rotation, hosts, there }
}

/** Before anything is taken away: a host that has come back since the stage before has not been refreshed. */
export const refuseUnready = (rotation: Rotation, ids: readonly RotatableId[]): void =>
  refuseUnlike(rotation, 'refresh', ids)
