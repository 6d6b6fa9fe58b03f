/** Generations in order of age: taken out of authorities and put back, whoever signs; and what this machine keeps beside what hosts have. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type Authorities,
  adoptAuthorities,
  authorityFiles,
  storedFiles,
  tokenTrust,
  trustBundle,
} from '../../../src/pki/authorities.ts'
import {
  arrangedAs,
  generationsOf,
  rotatableIds,
  signingOf,
  withGenerations,
} from '../../../src/pki/rotation/generations.ts'
import { inProgress } from '../../../src/pki/rotation/progress.ts'
import { withSuccessors } from '../../../src/pki/rotation/successors.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'

const { certificates } = clusterConfig()

let old: Authorities
let both: Authorities
beforeAll(async () => {
  old = await authoritiesFor(clusterConfig())
  both = await withSuccessors(old, rotatableIds, certificates, someday)
})

/** Signing with the first or the second, of those of these that are trusted. */
const arranged = (signs: number, trusted: readonly number[]): Authorities =>
  rotatableIds.reduce((all, id) => {
    const generations = generationsOf(both, id)
    const kept = generations.filter((_, at) => trusted.includes(at))
    return withGenerations(all, id, kept, generations[signs]?.publicPem ?? '')
  }, both)

const pathsOf = (authorities: Authorities) =>
  Object.fromEntries(
    Object.entries(authorityFiles(authorities)).map(([name, text]) => [`/etc/kubernetes/pki/${name}`, text]),
  )

const states = [
  ['before', 0, [0]],
  ['trusting both', 0, [0, 1]],
  ['issued', 1, [0, 1]],
  ['dropped', 1, [1]],
] as const

describe('generations', () => {
  it.each(states)('%s: trusted in order of age, whoever signs', (_, signs, trusted) => {
    const authorities = arranged(signs, trusted)
    for (const id of rotatableIds) {
      const generations = generationsOf(both, id).filter((__, at) =>
        (trusted as readonly number[]).includes(at),
      )
      expect(generationsOf(authorities, id)).toEqual(generations)
      const text = generations.map(({ publicPem }) => publicPem).join('')
      expect(id === 'sa' ? tokenTrust(authorities.sa) : trustBundle(authorities[id])).toBe(text)
      expect(signingOf(authorities, id)).toBe(generationsOf(both, id)[signs]?.publicPem)
    }
  })

  it.each(states)(
    '%s: hosts have it in their files, but no key of the one that does not sign',
    (_, signs, trusted) => {
      const authorities = arranged(signs, trusted)
      const there = adoptAuthorities(pathsOf(authorities))
      for (const id of rotatableIds) {
        expect(there && signingOf(there, id)).toBe(signingOf(authorities, id))
        const others = there
          ? generationsOf(there, id).filter(({ publicPem }) => publicPem !== signingOf(there, id))
          : []
        expect(others.map(({ privatePem }) => privatePem)).toEqual(others.map(() => undefined))
      }
      const keyFiles = Object.keys(authorityFiles(authorities)).filter((name) => name.endsWith('.key'))
      expect(keyFiles).toHaveLength(4)
      expect(Object.keys(storedFiles(authorities)).filter((name) => name.endsWith('.key'))).toHaveLength(
        4 * trusted.length,
      )
    },
  )

  it('what is kept is arranged as any host has it, and loses nothing that the host has', () => {
    const some = fc.constantFrom(...states)
    fc.assert(
      fc.property(some, some, (kept, there) => {
        const arrangement = arrangedAs(
          arranged(kept[1], [0, 1]),
          adoptAuthorities(pathsOf(arranged(there[1], there[2]))),
        )
        for (const id of rotatableIds) {
          expect(signingOf(arrangement, id)).toBe(generationsOf(both, id)[there[1]]?.publicPem)
          expect(generationsOf(arrangement, id)).toHaveLength(there[2].length)
        }
      }),
    )
  })

  it("another cluster's host changes nothing here", async () => {
    expect(arrangedAs(both, await authoritiesFor(clusterConfig()))).toEqual(both)
    expect(arrangedAs(both, undefined)).toEqual(both)
  })

  it('something is under way as long as either knows of two', () => {
    expect(inProgress(old, old)).toEqual([])
    expect(inProgress(both, old)).toEqual(rotatableIds)
    expect(inProgress(old, arranged(1, [0, 1]))).toEqual(rotatableIds)
  })
})
