/** The next generation. Takes what is to be replaced; gives the authorities with a successor for each, which signs nothing yet. */
import type { ClusterConfig } from '../../config/schema.ts'
import { type Authorities, createAuthority, createTokenKey } from '../authorities.ts'
import {
  type Generation,
  generationsOf,
  type RotatableId,
  signingOf,
  withGenerations,
} from './generations.ts'

const create = async (
  id: RotatableId,
  certificates: ClusterConfig['certificates'],
  now: Date,
): Promise<Generation> => {
  if (id === 'sa') return createTokenKey(certificates)
  const { certPem, keyPem } = await createAuthority(id, certificates, now)
  return { publicPem: certPem, privatePem: keyPem }
}

export const withSuccessors = async (
  authorities: Authorities,
  ids: readonly RotatableId[],
  certificates: ClusterConfig['certificates'],
  now: Date,
): Promise<Authorities> => {
  const made = await Promise.all(ids.map(async (id) => ({ id, next: await create(id, certificates, now) })))
  return made.reduce((all, { id, next }) => {
    const signing = signingOf(all, id)
    const known = generationsOf(all, id).filter(({ publicPem }) => publicPem === signing)
    return withGenerations(all, id, [...known, next], signing)
  }, authorities)
}
