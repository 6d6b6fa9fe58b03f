/** Replacing CAs where no host has their keys: only this machine knows them, and hosts are read all the same. */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { refuseToReplace } from '../../../src/pki/given.ts'
import { generationsOf, rotatableIds } from '../../../src/pki/rotation/generations.ts'
import { stagesToGo } from '../../../src/pki/rotation/progress.ts'
import { type Stage, stages } from '../../../src/pki/rotation/stages.ts'
import { withSuccessors } from '../../../src/pki/rotation/successors.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'
import { type Hosts, joinedHosts, rotationOf, writesOf, written } from '../../support/rotation.ts'

const config = clusterConfig({ certificates: { keysOnHosts: false } })
let before: Authorities
let hosts: Hosts
beforeAll(async () => {
  before = await authoritiesFor(config)
  hosts = await joinedHosts(config, before, someday)
})

const caKeys = (there: Hosts): readonly string[] =>
  Object.values(there).flatMap((files) => Object.keys(files).filter((path) => path.endsWith('ca.key')))

describe('CAs whose keys are on no host', () => {
  it('are replaced through every stage; the old ones are in no file at the end, and no key is on any host ever', async () => {
    const kept = await withSuccessors(before, rotatableIds, config.certificates, someday)
    const begun = { kept, rollback: false }
    const went: Stage[] = []
    let there = hosts
    expect(caKeys(there)).toEqual([])
    while (went.at(-1) !== 'drop') {
      const rotation = rotationOf(config, begun, there)
      const stage = stagesToGo(rotation).find((one) => stages.indexOf(one) > went.length - 1) ?? 'drop'
      there = written(there, await writesOf(config, rotation, stage, () => true, someday))
      expect(caKeys(there)).toEqual([])
      went.push(stage)
    }
    expect(went).toEqual(stages)
    const texts = Object.values(there).flatMap((files) => Object.values(files))
    for (const id of rotatableIds) {
      const [old, next] = generationsOf(kept, id)
      expect(texts.some((text) => text.includes(old?.publicPem ?? ''))).toBe(false)
      expect(texts.some((text) => text.includes(next?.publicPem ?? ''))).toBe(true)
    }
  })
})

describe('CAs of the user’s own', () => {
  const own = clusterConfig({ certificates: { authorities: { ca: { certificate: 'ca.crt' } } } })

  it('are not replaced; those beside them are', () => {
    expect(() => refuseToReplace(own, ['etcdCa', 'sa'])).not.toThrow()
    expect(() => refuseToReplace(own, rotatableIds)).toThrow(
      /the CA kubernetes is your own .*certificates\.authorities\.ca/,
    )
  })
})
