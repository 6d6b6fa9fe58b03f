/** Who is restarted after whom, when a cluster is in use. */
import { describe, expect, it } from 'vitest'
import { inTurn } from '../../../src/plan/in-turn.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { runWorkflow } from '../../../src/run/workflow.ts'

const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`)

const cps = names('cp', 3)
const workers = names('w', 25)

const plan = (phases: Readonly<Record<string, readonly string[]>>): Plan => ({
  phases: Object.entries(phases).map(([phase, hosts]) => ({
    phase,
    title: phase,
    hosts: hosts.map((host) => ({ host, needs: ['something of an install'], tasks: [] })),
  })),
})

const restarts = ['control-plane/apiserver', 'etcd', 'wait-control-plane', 'control-plane/controllers']

const whole = plan({
  certs: cps,
  ...Object.fromEntries(restarts.map((phase) => [phase, cps])),
  'kubelet-start': [...cps, ...workers],
  'ca-proof': [...cps, ...workers],
})

/** In the order in which they begin and end; each takes some turns of the event loop. */
const carriedOut = async (of: Plan) => {
  const told: string[] = []
  const results = await runWorkflow(
    inTurn(of),
    async ({ phase, host }) => {
      told.push(`> ${phase.phase} ${host.host}`)
      for (let turns = 0; turns < 3; turns++) await new Promise((resolve) => setImmediate(resolve))
      told.push(`< ${phase.phase} ${host.host}`)
      return { changed: 1, unchanged: 0, pending: 0 }
    },
    { emit: () => undefined, now: () => 0 },
  )
  return { told, results }
}

describe('in turn', () => {
  it('control planes are restarted one after the other, each whole before the next begins', async () => {
    const { told } = await carriedOut(whole)
    const restarted = told.filter(
      (line) => line.startsWith('> ') && restarts.some((phase) => line.includes(` ${phase} `)),
    )
    expect(restarted).toEqual(cps.flatMap((host) => restarts.map((phase) => `> ${phase} ${host}`)))
    for (const host of cps.slice(1)) {
      const ahead = cps[cps.indexOf(host) - 1]
      expect(told.indexOf(`> control-plane/apiserver ${host}`)).toBeGreaterThan(
        told.indexOf(`< control-plane/controllers ${ahead}`),
      )
    }
  })

  it('a phase begins when the one before has ended everywhere', async () => {
    const { told } = await carriedOut(whole)
    const first = (text: string) => told.findIndex((line) => line.startsWith(text))
    const last = (text: string) => told.findLastIndex((line) => line.startsWith(text))
    expect(first('> control-plane/apiserver')).toBeGreaterThan(last('< certs'))
    expect(first('> kubelet-start')).toBeGreaterThan(last('< control-plane/controllers'))
    expect(first('> ca-proof')).toBeGreaterThan(last('< kubelet-start'))
  })

  it('no more than ten hosts do the same at once, and all of them do it', async () => {
    const { told, results } = await carriedOut(whole)
    const steps = told.flatMap((line) =>
      line.includes(' kubelet-start ') ? (line.startsWith('>') ? 1 : -1) : [],
    )
    const running = steps.map((_, at) => steps.slice(0, at + 1).reduce((sum, step) => sum + step, 0))
    expect(Math.max(...running)).toBe(10)
    expect(results.every(({ outcome }) => outcome === 'changed')).toBe(true)
    expect(results).toHaveLength(3 * 5 + 28 * 2)
  })

  it('comes to its end where there is nothing to restart', async () => {
    const { results } = await carriedOut(plan({ certs: cps, 'kubelet-client': ['w2'] }))
    expect(results).toHaveLength(4)
  })
})
