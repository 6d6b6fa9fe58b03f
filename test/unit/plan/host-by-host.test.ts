/** Who is begun when, where hosts are done one after the other. */
import { describe, expect, it } from 'vitest'
import { hostByHost } from '../../../src/plan/host-by-host.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { runWorkflow } from '../../../src/run/workflow.ts'

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`)
const cps = names('cp', 3)
const workers = names('w', 25)

const planFor = (controlPlanes: readonly string[]): Plan => ({
  phases: Object.entries({
    certs: controlPlanes,
    kubelet: [...controlPlanes, ...workers],
    proof: [...controlPlanes, ...workers],
  }).map(([phase, hosts]) => ({
    phase,
    title: phase,
    hosts: hosts.map((host) => ({ host, needs: ['something of an install'], tasks: [] })),
  })),
})

/** `> certs cp1` when it begins, `< certs cp1` when it has ended. */
const carriedOut = async (failing?: string, controlPlanes = cps) => {
  const told: string[] = []
  const results = await runWorkflow(
    hostByHost(planFor(controlPlanes), cps),
    async ({ phase, host }) => {
      const name = `${phase.phase} ${host.host}`
      told.push(`> ${name}`)
      for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve))
      if (name === failing) throw new Error('no')
      told.push(`< ${name}`)
      return { changed: 1, unchanged: 0, pending: 0 }
    },
    { emit: () => undefined, now: () => 0 },
  )
  return { told, results }
}

describe('host by host', () => {
  it('a control plane is begun when the one before is through all of its phases, workers after all of them', async () => {
    const { told } = await carriedOut()
    const ofControlPlanes = told.filter((line) => line.startsWith('>')).slice(0, 9)
    expect(ofControlPlanes).toEqual(
      cps.flatMap((host) => ['certs', 'kubelet', 'proof'].map((phase) => `> ${phase} ${host}`)),
    )
    for (const worker of workers)
      expect(told.indexOf(`> kubelet ${worker}`)).toBeGreaterThan(told.indexOf('< proof cp3'))
  })

  it('no more than ten workers are under way at once, and all of them are done', async () => {
    const { told, results } = await carriedOut()
    const under = told.map((_, at) => {
      const until = told.slice(0, at + 1)
      const begun = until.filter((line) => line.startsWith('> kubelet w')).length
      return begun - until.filter((line) => line.startsWith('< proof w')).length
    })
    expect(Math.max(...under)).toBe(10)
    expect(results.every(({ outcome }) => outcome === 'changed')).toBe(true)
  })

  it('workers alone wait for no control plane', async () => {
    const { results } = await carriedOut(undefined, [])
    expect(results).toHaveLength(2 * workers.length)
    expect(results.every(({ outcome }) => outcome === 'changed')).toBe(true)
  })

  it('after one that ends badly none is begun', async () => {
    const { told, results } = await carriedOut('kubelet cp2')
    expect(told.some((line) => line.includes('cp3') || line.includes(' w1'))).toBe(false)
    expect(results.filter(({ outcome }) => outcome === 'failed')).toHaveLength(1)
    expect(results.filter(({ host }) => host === 'cp3').every(({ outcome }) => outcome === 'skipped')).toBe(
      true,
    )
  })
})
