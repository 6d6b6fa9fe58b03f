/** Phases, playbooks and conditions hang together: what one names, another has. */
import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { phases } from '../../../src/phases/index.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { conditions } from '../../../src/run/conditions/index.ts'
import { shippedPlaybook } from '../../../src/run/playbook.ts'
import { runWorkflow } from '../../../src/run/workflow.ts'
import { plannedCluster, planOf } from '../../support/plan-input.ts'

const ids = phases.map(({ id }) => id)
const folder = new URL('../../../playbooks/', import.meta.url)
const shipped = readdirSync(folder).map((file) => file.replace(/\.yaml$/, ''))

describe('phases', () => {
  test('have ids of their own', () => {
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('each is in a playbook', () => {
    const named = shipped.flatMap((name) =>
      shippedPlaybook(name as Parameters<typeof shippedPlaybook>[0]).phases.map(({ id }) => id),
    )
    expect(ids.filter((id) => !named.includes(id))).toEqual([])
  })
})

describe('the plan of a bare cluster', () => {
  const made: { plan?: Plan } = {}
  beforeAll(async () => {
    made.plan = planOf(await plannedCluster())
  })
  const planned = () => made.plan ?? { phases: [] }
  const parts = () =>
    planned().phases.flatMap(({ phase, hosts }) => hosts.map((host) => ({ phase, ...host })))

  test('needs only phases that exist', () => {
    expect(parts().length).toBeGreaterThan(20)
    for (const { needs } of parts()) for (const needed of needs) expect(ids).toContain(needed)
  })

  test('comes to its end: nobody waits for somebody who waits for them', async () => {
    const done = { changed: 0, unchanged: 1, pending: 0 }
    const results = await runWorkflow(planned(), async () => done, { emit: () => undefined, now: () => 0 })
    expect(results.map(({ outcome }) => outcome)).toEqual(parts().map(() => 'unchanged'))
  })

  test('waits only for conditions that exist, each with a sentence, an end and a hint', () => {
    const waits = parts().flatMap(({ tasks }) =>
      tasks.flatMap((task) => (task.kind === 'wait' ? [task.condition] : [])),
    )
    expect(waits.length).toBeGreaterThan(3)
    for (const { id, sentence, seconds } of waits) {
      expect(conditions.map((each) => each.id)).toContain(id)
      expect(sentence).not.toBe('')
      expect(seconds).toBeGreaterThan(0)
    }
    expect(conditions.filter(({ hint }) => hint === '')).toEqual([])
  })

  test('goes on as administrator when the API server has heard of what administrators may do', () => {
    const letIn = parts().filter(({ tasks }) =>
      tasks.some((task) => task.kind === 'objects' && task.as === 'super-admin'),
    )
    expect(letIn).toHaveLength(1)
    expect(letIn[0]?.tasks.at(-1)).toMatchObject({ kind: 'wait', condition: { id: 'administrators-let-in' } })
  })

  test('has one task of steps a phase and host at most: a phase costs one channel, or two', () => {
    for (const { tasks } of parts())
      expect(tasks.filter(({ kind }) => kind === 'steps').length).toBeLessThanOrEqual(1)
  })

  test('is the same plan for the same input, and is not changed by being read', async () => {
    const cluster = await plannedCluster()
    const first = planOf(cluster)
    expect(structuredClone(planOf(cluster))).toEqual(structuredClone(first))
  })

  test('gives a worker no key of the cluster, and the control plane all of kubeadm’s', () => {
    const written = (name: string) =>
      parts()
        .filter(({ host }) => host === name)
        .flatMap(({ tasks }) => tasks.flatMap((task) => (task.kind === 'steps' ? task.steps : [])))
        .flatMap((step) => (step.kind === 'file' ? [step.path] : []))
    expect(written('w1').filter((path) => path.endsWith('.key'))).toEqual([])
    expect(written('cp1')).toContain('/etc/kubernetes/pki/ca.key')
    expect(written('cp1').filter((path) => path.includes('super-admin'))).toEqual([])
  })
})
