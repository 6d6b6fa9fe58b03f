/** What a look tells: which steps of a host are asked about, and which answers still hold once something was done. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { StepResult } from '../../../src/host/program-types.ts'
import { directory } from '../../../src/plan/steps.ts'
import { steps, wait } from '../../../src/plan/tasks.ts'
import type { Plan } from '../../../src/plan/types.ts'
import { sectionsOf, stillTrue } from '../../../src/run/survey.ts'

const result = (phase: string, status: StepResult['status'], step = phase): StepResult => ({
  phase,
  step,
  status,
})

test('a host is asked about its own steps, phase by phase, and about nothing else', () => {
  const waiting = wait({ id: 'node-ready', sentence: 'it is', seconds: 1 })
  const plan: Plan = {
    phases: [
      {
        phase: 'one',
        title: '',
        hosts: [
          {
            host: 'cp1',
            needs: [],
            tasks: [steps(directory('/a', 0o755)), waiting, steps(directory('/b', 0o755))],
          },
          { host: 'w1', needs: [], tasks: [steps(directory('/w', 0o755))] },
        ],
      },
      { phase: 'two', title: '', hosts: [{ host: 'cp1', needs: [], tasks: [waiting] }] },
    ],
  }
  const ids = sectionsOf(plan, 'cp1').map(({ phase, steps: list }) => [phase, list.map(({ id }) => id)])
  expect(ids).toEqual([['one', ['/a', '/b']]])
})

test.each([
  ['all is right', ['unchanged', 'unchanged', 'unchanged'], ['a', 'b', 'c']],
  ['from the first that is not, nothing', ['unchanged', 'pending', 'unchanged'], ['a']],
  ['the first is not', ['pending', 'unchanged', 'unchanged'], []],
  ['one could not be looked at', ['unchanged', 'unchanged', 'failed'], ['a', 'b']],
] as const)('%s', (_what, statuses, trusted) => {
  const results = statuses.map((status, at) => result('abc'.charAt(at), status))
  expect([...stillTrue(results).keys()]).toEqual(trusted)
})

test('what is trusted is every step of phases before the first with something to do', () => {
  const statuses = fc.constantFrom<StepResult['status']>('unchanged', 'unchanged', 'unchanged', 'pending')
  const results = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), statuses), { maxLength: 12 })
  fc.assert(
    fc.property(results, (list) => {
      const inOrder = list
        .toSorted(([a], [b]) => a - b)
        .map(([phase, status], at) => result(`p${phase}`, status, `s${at}`))
      const trusted = [...stillTrue(inOrder).values()].flat()
      expect(trusted.every(({ status }) => status === 'unchanged')).toBe(true)
      expect(inOrder.slice(0, trusted.length)).toEqual(trusted)
      const next = inOrder[trusted.length]
      if (next)
        expect(inOrder.some((each) => each.phase === next.phase && each.status !== 'unchanged')).toBe(true)
    }),
  )
})
