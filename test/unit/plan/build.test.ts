/** What is in a plan, and what is not: hosts with nothing to do, phases without hosts, and the fingerprints of services. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Phase } from '../../../src/phases/types.ts'
import { buildPlan } from '../../../src/plan/build.ts'
import { directory, file, fingerprint, service } from '../../../src/plan/steps.ts'
import { steps } from '../../../src/plan/tasks.ts'
import { type PlannedCluster, plannedCluster } from '../../support/plan-input.ts'

const made: { cluster?: PlannedCluster } = {}
beforeAll(async () => {
  made.cluster = await plannedCluster()
})
const cluster = (): PlannedCluster => {
  if (!made.cluster) throw new Error('not made yet')
  return made.cluster
}

const phase = (id: string, over: Partial<Phase> = {}): Phase => ({
  id,
  title: `do ${id}`,
  roles: ['control-plane', 'worker'],
  tasks: (_input, { name }) => [steps(directory(`/${name}`, 0o755))],
  ...over,
})

const brief = (phases: readonly Phase[], ...more: readonly (readonly Phase[])[]) => {
  const { config, input } = cluster()
  const runs = [phases, ...more].map((each) => ({ phases: each, hosts: config.hosts }))
  return buildPlan(input, runs).phases.map(({ phase: id, hosts }) => [id, hosts.map(({ host }) => host)])
}

describe('a plan', () => {
  test('has a host in a phase that is for its role, when there is something to do', () => {
    const ofWorkers = phase('workers', { roles: ['worker'] })
    const onlyW2 = phase('w2', { tasks: (_input, { name }) => (name === 'w2' ? [steps()] : []) })
    const nowhere = phase('nowhere', { tasks: () => [] })
    expect(brief([phase('all'), ofWorkers, nowhere, onlyW2])).toEqual([
      ['all', ['cp1', 'w1', 'w2']],
      ['workers', ['w1', 'w2']],
      ['w2', ['w2']],
    ])
  })

  test('has a phase of two playbooks once, with the hosts of both', () => {
    const { config, input } = cluster()
    const [cp1, w1] = config.hosts
    const runs = [
      { phases: [phase('prepare'), phase('init')], hosts: cp1 ? [cp1] : [] },
      { phases: [phase('prepare'), phase('join')], hosts: w1 ? [w1] : [] },
    ]
    const plan = buildPlan(input, runs)
    expect(plan.phases.map(({ phase: id }) => id)).toEqual(['prepare', 'init', 'join'])
    expect(plan.phases[0]?.hosts.map(({ host }) => host)).toEqual(['cp1', 'w1'])
  })

  test('asks a phase what it needs for each host', () => {
    const { config, input } = cluster()
    const needy = phase('needy', { needs: ({ name }) => (name === 'w1' ? ['all'] : []) })
    const plan = buildPlan(input, [{ phases: [phase('all'), needy], hosts: config.hosts }])
    expect(plan.phases[1]?.hosts.map(({ needs }) => needs)).toEqual([[], ['all'], []])
  })
})

describe('steps', () => {
  test('a file says no more than it was told, so that equal files are equal steps', () => {
    const plain = file({ path: '/etc/a', mode: 0o644, content: 'x' })
    expect(Object.keys(plain).toSorted()).toEqual(['content', 'id', 'kind', 'mode', 'path', 'title'])
    const kept = file({ path: '/etc/a', mode: 0o600, content: 'x', secret: true, staging: '/etc' })
    expect(kept).toMatchObject({ secret: true, staging: '/etc', id: '/etc/a', title: 'write /etc/a' })
  })

  test('a fingerprint is of what a service starts with: parts cannot flow into one another', () => {
    expect(service('kubelet', ['a'], 'look').fingerprint).toBe(fingerprint(['a']))
    const parts = fc.array(fc.string({ unit: 'grapheme', maxLength: 4 }), { maxLength: 4 })
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other)
        expect(fingerprint(one) === fingerprint(other)).toBe(same)
      }),
      { numRuns: 1000 },
    )
  })
})
