/** A whole rotation on the files of hosts: in order, killed anywhere, with a host that was off, and back again. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { generationsOf, type RotatableId, rotatableIds } from '../../../src/pki/rotation/generations.ts'
import { stagesToGo, standings, targetOf, withoutOthers } from '../../../src/pki/rotation/progress.ts'
import { type Stage, stages } from '../../../src/pki/rotation/stages.ts'
import { withSuccessors } from '../../../src/pki/rotation/successors.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'
import { type Begun, type Hosts, joinedHosts, rotationOf, writesOf, written } from '../../support/rotation.ts'

const config = clusterConfig()
const always = (): boolean => true

let before: Authorities
let kept: Authorities
let hosts: Hosts
beforeAll(async () => {
  before = await authoritiesFor(config)
  hosts = await joinedHosts(config, before, someday)
  kept = await withSuccessors(before, rotatableIds, config.certificates, someday)
})

/** As a run goes through them: what it has just proved it need not do again. */
const nextOf = (begun: Begun, there: Hosts, done: Stage | undefined, present = config.hosts): Stage => {
  const left = stagesToGo(rotationOf(config, begun, there, present))
  return left.find((stage) => done === undefined || stages.indexOf(stage) > stages.indexOf(done)) ?? 'drop'
}

/** Whoever is signed for is trusted everywhere, or two of the cluster would not talk to each other. */
const strangers = (begun: Begun, there: Hosts): readonly string[] => {
  const rotation = rotationOf(config, begun, there)
  return rotatableIds.flatMap((id) => {
    const all = standings(rotation, id)
    const signers = new Set(all.flatMap(({ signed }) => signed.map(({ by }) => by)))
    return all.flatMap(({ host, trusting }) =>
      trusting.flatMap(({ path, trusts }) =>
        [...signers].filter((signer) => !trusts.includes(signer)).map(() => `${id}: ${path} on ${host}`),
      ),
    )
  })
}

const holds = (there: Hosts, { publicPem }: { readonly publicPem: string }): readonly string[] =>
  Object.entries(there).flatMap(([host, files]) =>
    Object.entries(files).flatMap(([path, text]) =>
      text.includes(publicPem) || text.includes(Buffer.from(publicPem).toString('base64').slice(0, 400))
        ? [`${host}:${path}`]
        : [],
    ),
  )

const run = async (begun: Begun, from: Hosts) => {
  const went: Stage[] = []
  let there = from
  while (went.at(-1) !== 'drop') {
    const stage = nextOf(begun, there, went.at(-1))
    there = written(there, await writesOf(config, rotationOf(config, begun, there), stage, always, someday))
    went.push(stage)
  }
  return { went, there }
}

describe('a rotation of everything', () => {
  it('goes through every stage, and ends with the new ones alone', async () => {
    const { went, there } = await run({ kept, rollback: false }, hosts)
    expect(went).toEqual(stages)
    for (const id of rotatableIds) {
      const [old, next] = generationsOf(kept, id)
      expect(old && holds(there, old)).toEqual([])
      expect(next && holds(there, next).length).toBeGreaterThan(0)
    }
    expect(strangers({ kept, rollback: false }, there)).toEqual([])
  })

  it('goes back from any stage before the last to what was there, certificate for certificate', async () => {
    let there = hosts
    for (const stage of ['trust', 'issue'] as const) {
      there = written(
        there,
        await writesOf(config, rotationOf(config, { kept, rollback: false }, there), stage, always, someday),
      )
      const back = await run({ kept, rollback: true }, there)
      expect(back.there['cp1']?.['/etc/kubernetes/pki/ca.crt']).toBe(before.ca.certPem)
      for (const id of rotatableIds) {
        const next = generationsOf(kept, id).at(-1)
        expect(next && holds(back.there, next)).toEqual([])
      }
    }
  })

  it('of one thing touches nothing of the others', async () => {
    const only = await withSuccessors(before, ['etcdCa'], config.certificates, someday)
    const { there } = await run({ kept: only, rollback: false, ids: ['etcdCa'] }, hosts)
    const changed = Object.keys(there['cp1'] ?? {}).filter(
      (path) => there['cp1']?.[path] !== hosts['cp1']?.[path],
    )
    expect(changed.every((path) => path.includes('etcd'))).toBe(true)
    expect(there['w1']).toEqual(hosts['w1'])
  })

  it('is over when it is over: nothing is left to write', async () => {
    const { there } = await run({ kept, rollback: false }, hosts)
    const rotation = rotationOf(config, { kept, rollback: false }, there)
    expect(stagesToGo(rotation)).toEqual(['drop'])
    expect(await writesOf(config, rotation, 'drop', always, someday)).toEqual([])
    expect(generationsOf(withoutOthers(rotation, rotatableIds), 'ca')).toHaveLength(1)
  })
})

describe('a rotation that is killed', () => {
  const cuts = fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 6 })

  it('anywhere, any number of times, goes on, and at no moment is somebody met by a stranger', async () => {
    const begun = { kept, rollback: false }
    await fc.assert(
      fc.asyncProperty(cuts, async (killed) => {
        let there = hosts
        let done: Stage | undefined
        const left = [...killed]
        while (done !== 'drop') {
          const stage = nextOf(begun, there, done)
          const writes = await writesOf(config, rotationOf(config, begun, there), stage, always, someday)
          const cut = left.shift()
          const some = cut === undefined ? writes : writes.slice(0, Math.floor((cut * writes.length) / 100))
          there = written(there, some)
          expect(strangers(begun, there)).toEqual([])
          done = cut === undefined ? stage : undefined
        }
        for (const id of rotatableIds) {
          const { publicPem } = targetOf(begun, id)
          for (const { trusting } of standings(rotationOf(config, begun, there), id))
            for (const { trusts } of trusting) expect(trusts).toEqual([publicPem])
        }
      }),
      { numRuns: 4 },
    )
  })
})

describe('a host that was off', () => {
  const present = config.hosts.filter(({ name }) => name !== 'w2')
  const begun = {
    get kept() {
      return kept
    },
    rollback: false,
  }

  it.each(['trust', 'issue'] as const)(
    'during and after %s is given both, and then only is the old one dropped',
    async (from) => {
      let there = hosts
      for (const stage of stages.slice(0, stages.indexOf(from)))
        there = written(
          there,
          await writesOf(config, rotationOf(config, begun, there), stage, always, someday),
        )
      for (const stage of stages.slice(stages.indexOf(from), 3))
        there = written(
          there,
          await writesOf(config, rotationOf(config, begun, there, present), stage, always, someday),
        )
      expect(stagesToGo(rotationOf(config, begun, there, present))[0]).toBe('refresh')
      expect(nextOf(begun, there, undefined)).toBe('issue')
      const back = await run(begun, there)
      expect(back.went).toEqual(['issue', 'refresh', 'drop'])
      expect(strangers(begun, back.there)).toEqual([])
    },
  )

  it('holds only what it is part of: with nothing dropped of the CA, the others are', async () => {
    let there = hosts
    const mayDrop = (id: RotatableId): boolean => id !== 'ca'
    for (const stage of stages)
      there = written(
        there,
        await writesOf(config, rotationOf(config, begun, there, present), stage, mayDrop, someday),
      )
    const [oldCa] = generationsOf(kept, 'ca')
    const [oldEtcdCa] = generationsOf(kept, 'etcdCa')
    expect(oldCa && holds(there, oldCa).length).toBeGreaterThan(0)
    expect(oldEtcdCa && holds(there, oldEtcdCa)).toEqual([])
  })
})
