/** Who waits for whom, and what becomes of the others when one fails. */
import { describe, expect, test } from 'vitest'
import { Interrupted } from '../../../src/errors.ts'
import type { Plan } from '../../../src/plan/types.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import { type Part, runWorkflow, summarize } from '../../../src/run/workflow.ts'

type Shape = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** phase → host → what it needs */
const plan = (shape: Shape): Plan => ({
  phases: Object.entries(shape).map(([phase, hosts]) => ({
    phase,
    title: phase,
    hosts: Object.entries(hosts).map(([host, needs]) => ({ host, needs, tasks: [] })),
  })),
})

const counts = { changed: 1, unchanged: 0, pending: 0 }
const nameOf = ({ phase, host }: Part): string => `${phase.phase}@${host.host}`

/** Each part ends when it is told to; what has begun is in the list. */
const running = (of: Plan, signal?: AbortSignal) => {
  const begun: string[] = []
  const events: RunEvent[] = []
  const gates = new Map<string, PromiseWithResolvers<void>>()
  const gate = (name: string) => {
    const known = gates.get(name) ?? Promise.withResolvers<void>()
    gates.set(name, known)
    return known
  }
  const results = runWorkflow(
    of,
    async (part) => {
      begun.push(nameOf(part))
      await gate(nameOf(part)).promise
      return counts
    },
    { emit: (event) => events.push(event), now: () => 0, ...(signal ? { signal } : {}) },
  )
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return {
    begun,
    events,
    results,
    end: async (name: string) => {
      gate(name).resolve()
      await settled()
    },
    fail: async (name: string, error: Error = new Error('no')) => {
      gate(name).reject(error)
      await settled()
    },
    settled,
  }
}

const two = plan({ runtime: { cp: [], w: [] }, api: { cp: [] }, join: { w: ['api'] } })

describe('a workflow', () => {
  test('takes each host through its phases, and lets hosts wait only where a phase says so', async () => {
    const run = running(two)
    await run.settled()
    expect(run.begun).toEqual(['runtime@cp', 'runtime@w'])
    await run.end('runtime@w')
    expect(run.begun).not.toContain('join@w')
    await run.end('runtime@cp')
    expect(run.begun.at(-1)).toBe('api@cp')
    await run.end('api@cp')
    expect(run.begun.at(-1)).toBe('join@w')
    await run.end('join@w')
    expect((await run.results).map(({ outcome }) => outcome)).toEqual(Array(4).fill('changed'))
  })

  test('goes on with what does not need the part that failed, and skips what does', async () => {
    const run = running(plan({ runtime: { cp: [], w1: [], w2: [] }, join: { w1: [], w2: ['runtime'] } }))
    await run.settled()
    await run.fail('runtime@cp')
    await run.end('runtime@w1')
    await run.end('runtime@w2')
    await run.end('join@w1')
    const outcomes = Object.fromEntries(
      (await run.results).map((each) => [`${each.phase}@${each.host}`, each.outcome]),
    )
    expect(outcomes).toMatchObject({ 'runtime@cp': 'failed', 'join@w1': 'changed', 'join@w2': 'skipped' })
  })

  test('begins nothing more once it is interrupted', async () => {
    const stop = new AbortController()
    const run = running(two, stop.signal)
    await run.settled()
    stop.abort()
    await run.fail('runtime@cp', new Interrupted())
    await run.fail('runtime@w', new Interrupted())
    const results = await run.results
    expect(run.begun).toEqual(['runtime@cp', 'runtime@w'])
    expect(results.filter(({ outcome }) => outcome === 'changed')).toEqual([])
  })

  test('says of every phase once that it begins and ends, and of every host', async () => {
    const run = running(two)
    await run.settled()
    for (const name of ['runtime@cp', 'runtime@w', 'api@cp', 'join@w']) await run.end(name)
    await run.results
    const of = (kind: RunEvent['kind']) => run.events.filter((event) => event.kind === kind).length
    expect([of('phase-start'), of('phase-end'), of('host-start'), of('host-end')]).toEqual([3, 3, 4, 4])
  })

  test('is summed up by phase', async () => {
    const run = running(two)
    await run.settled()
    for (const name of ['runtime@cp', 'runtime@w', 'api@cp', 'join@w']) await run.end(name)
    expect(summarize(two, await run.results)).toEqual([
      { phase: 'runtime', seconds: 0, changed: 2, unchanged: 0, pending: 0, failed: 0 },
      { phase: 'api', seconds: 0, changed: 1, unchanged: 0, pending: 0, failed: 0 },
      { phase: 'join', seconds: 0, changed: 1, unchanged: 0, pending: 0, failed: 0 },
    ])
  })
})
