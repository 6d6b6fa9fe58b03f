/**
 * Where a rotation is and what comes next. Takes what this machine keeps, what is to be replaced, and the files of the hosts; gives the
 * stages that are left, and for a stage the authorities that hosts should have at its end. Pure: the hosts' files decide.
 */
import type { HostRole } from '../../config/schema.ts'
import type { Authorities } from '../authorities.ts'
import {
  arrangedAs,
  type Generation,
  generationsOf,
  type RotatableId,
  rotatableIds,
  signingOf,
  withGenerations,
} from './generations.ts'
import { type Stage, stages, stagesLeft } from './stages.ts'
import { type Standing, standingOf } from './standing.ts'

export type HostFiles = {
  readonly host: string
  readonly role: HostRole
  readonly files: Readonly<Record<string, string>>
}

export type Rotation = {
  /** Both generations of what is being replaced, in order of age. */
  readonly kept: Authorities
  /** As the first control plane has it. */
  readonly there: Authorities
  readonly ids: readonly RotatableId[]
  /** Back to what was there before, where that is still trusted. */
  readonly rollback: boolean
  readonly hosts: readonly HostFiles[]
}

/** What has two generations, here or there. */
export const inProgress = (kept: Authorities, there: Authorities): readonly RotatableId[] =>
  rotatableIds.filter((id) => generationsOf(kept, id).length > 1 || generationsOf(there, id).length > 1)

/** The one that is to be the only one at the end: the youngest, or on the way back the oldest. */
export const targetOf = (
  { kept, rollback }: Pick<Rotation, 'kept' | 'rollback'>,
  id: RotatableId,
): Generation => {
  const all = generationsOf(kept, id)
  const target = rollback ? all[0] : all.at(-1)
  if (!target) throw new Error(`there is no generation of ${id}`)
  return target
}

export const standings = (
  { kept, hosts }: Rotation,
  id: RotatableId,
): readonly (Standing & { readonly host: string })[] =>
  hosts.map(({ host, role, files }) => ({ host, ...standingOf(id, generationsOf(kept, id), role, files) }))

const leftOf = (rotation: Rotation, id: RotatableId): readonly Stage[] =>
  stagesLeft(standings(rotation, id), targetOf(rotation, id).publicPem)

/** All go through the same stages together; one that is ahead waits. */
export const stagesToGo = (rotation: Rotation): readonly Stage[] => {
  const left = new Set(rotation.ids.flatMap((id) => leftOf(rotation, id)))
  return stages.filter((stage) => left.has(stage))
}

const arrangedFor = (rotation: Rotation, stage: Stage, id: RotatableId, mayDrop: boolean) => {
  const all = generationsOf(rotation.kept, id)
  const target = targetOf(rotation, id)
  if (stage === 'trust') return { all, signing: signingOf(rotation.there, id) }
  return { all: stage === 'drop' && mayDrop ? [target] : all, signing: target.publicPem }
}

/** Those that have this stage before them: others are past it. */
export const idsAt = (rotation: Rotation, stage: Stage): readonly RotatableId[] =>
  rotation.ids.filter((id) => leftOf(rotation, id).includes(stage))

/** What is not being replaced, and what has passed a stage already, stays as the hosts have it. */
export const authoritiesAt = (
  rotation: Rotation,
  stage: Stage,
  mayDrop: (id: RotatableId) => boolean,
): Authorities => {
  const { kept, there } = rotation
  return idsAt(rotation, stage).reduce(
    (authorities, id) => {
      const { all, signing } = arrangedFor(rotation, stage, id, mayDrop(id))
      return withGenerations(authorities, id, all, signing)
    },
    arrangedAs(kept, there),
  )
}

/** What is left of the kept ones when these have been dropped. */
export const withoutOthers = (rotation: Rotation, ids: readonly RotatableId[]): Authorities =>
  ids.reduce((authorities, id) => {
    const target = targetOf(rotation, id)
    return withGenerations(authorities, id, [target], target.publicPem)
  }, rotation.kept)

/** The kept ones, signing with what signs on the hosts: what other commands on this machine should use. */
export const keptAsSigning = ({ kept, there, ids }: Rotation): Authorities =>
  ids.reduce((authorities, id) => {
    const all = generationsOf(kept, id)
    const signing = all.find(({ publicPem }) => publicPem === signingOf(there, id))
    return signing?.privatePem === undefined
      ? authorities
      : withGenerations(authorities, id, all, signing.publicPem)
  }, kept)
