/**
 * What is replaced, in one shape: a CA or the key that signs tokens, as generations from the oldest to the newest, one of which signs.
 * Takes and gives authorities. Pure.
 */
import type { Authorities, Authority, OtherAuthority, TokenKey } from '../authorities.ts'
import type { AuthorityId } from '../table.ts'

export type RotatableId = AuthorityId | 'sa'

export const rotatableIds: readonly RotatableId[] = ['ca', 'etcdCa', 'frontProxyCa', 'sa']

/** The public half is what it is known by: a CA's certificate, the public key of the tokens' key. */
export type Generation = { readonly publicPem: string; readonly privatePem?: string }

/** In order of age. */
export type Generations = readonly Generation[]

type Around<T> = { readonly predecessor?: T; readonly successor?: T }

const inOrder = <T>(one: T, { predecessor, successor }: Around<T>): readonly T[] => [
  ...(predecessor ? [predecessor] : []),
  one,
  ...(successor ? [successor] : []),
]

const ofCertificate = ({ certPem, keyPem }: OtherAuthority): Generation => ({
  publicPem: certPem,
  ...(keyPem === undefined ? {} : { privatePem: keyPem }),
})

export const generationsOf = (authorities: Authorities, id: RotatableId): Generations =>
  id === 'sa'
    ? inOrder<Generation>(authorities.sa, authorities.sa).map(({ publicPem, privatePem }) => ({
        publicPem,
        ...(privatePem === undefined ? {} : { privatePem }),
      }))
    : inOrder<OtherAuthority>(authorities[id], authorities[id]).map(ofCertificate)

/** Every private half that is known, of those that sign and of others. */
export const secretsOf = (authorities: Authorities): readonly string[] =>
  rotatableIds.flatMap((id) => generationsOf(authorities, id).flatMap(({ privatePem }) => privatePem ?? []))

/** The public half of the one that signs. */
export const signingOf = (authorities: Authorities, id: RotatableId): string =>
  id === 'sa' ? authorities.sa.publicPem : authorities[id].certPem

/** Those beside one, in the words of each kind. */
const around = <T>(all: Generations, at: number, make: (one: Generation) => T): Around<T> => {
  const [predecessor, successor] = [at > 0 ? all[at - 1] : undefined, all[at + 1]]
  return {
    ...(predecessor ? { predecessor: make(predecessor) } : {}),
    ...(successor ? { successor: make(successor) } : {}),
  }
}

const authorityOf = ({ publicPem, privatePem }: Generation) => ({
  certPem: publicPem,
  ...(privatePem === undefined ? {} : { keyPem: privatePem }),
})

/** The authorities, but of this one with these generations, of which that one signs. Its private half has to be among them. */
export const withGenerations = (
  authorities: Authorities,
  id: RotatableId,
  all: Generations,
  signing: string,
): Authorities => {
  const at = all.findIndex(({ publicPem }) => publicPem === signing)
  const one = all[at]
  if (one?.privatePem === undefined) throw new Error(`the key of ${id} that should sign is not known`)
  const { publicPem, privatePem } = one
  if (id === 'sa') {
    const sa: TokenKey = { publicPem, privatePem, ...around(all, at, (other) => other) }
    return { ...authorities, sa }
  }
  const { chainPem, signer } = authorities[id].certPem === publicPem ? authorities[id] : {}
  const authority: Authority = {
    certPem: publicPem,
    keyPem: privatePem,
    ...(signer === undefined ? {} : { signer }),
    ...(chainPem === undefined ? {} : { chainPem }),
    ...around(all, at, authorityOf),
  }
  return { ...authorities, [id]: authority }
}

/**
 * What this machine keeps, arranged as a control plane has it: signing with what signs there, trusting what is trusted there. What is
 * not of this cluster changes nothing here; that it is there is for others to say.
 */
export const arrangedAs = (kept: Authorities, there: Authorities | undefined): Authorities =>
  rotatableIds.reduce((arranged, id) => {
    const trusted = there ? generationsOf(there, id).map(({ publicPem }) => publicPem) : []
    const signing = there ? signingOf(there, id) : ''
    const all = generationsOf(kept, id)
    const known = all.find(({ publicPem }) => publicPem === signing)
    if (known?.privatePem === undefined) return arranged
    const common = all.filter(({ publicPem }) => trusted.includes(publicPem) || publicPem === signing)
    return withGenerations(arranged, id, common, signing)
  }, kept)
