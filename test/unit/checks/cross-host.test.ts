import { describe, expect, test } from 'vitest'
import { clockSkew } from '../../../src/checks/clock-skew.ts'
import { uniqueHostname } from '../../../src/checks/unique-hostname.ts'
import { uniqueMachineId } from '../../../src/checks/unique-machine-id.ts'
import { uniqueProductUuid } from '../../../src/checks/unique-product-uuid.ts'
import { briefly, problemsOf } from '../../support/check-input.ts'

describe('what must be unique', () => {
  test('two hosts with one name: both are named', () => {
    const [problem, ...more] = problemsOf(uniqueHostname, {
      facts: { hostname: 'localhost' },
      others: { w2: { hostname: 'localhost' } },
    })
    expect(more).toEqual([])
    expect(problem?.message).toBe('cp1 calls itself "localhost", and so does w2')
    expect(problem?.severity).toBe('error')
  })

  test('clones have one machine-id', () => {
    const others = { w1: { machineId: 'c0ffee' }, w2: { machineId: 'c0ffee' } }
    const [problem] = problemsOf(uniqueMachineId, { facts: { machineId: 'c0ffee' }, others })
    expect(problem?.message).toContain('the same as on w1, w2')
    expect(problem?.remedy).toContain('systemd-machine-id-setup')
  })

  test('a host without a machine-id', () => {
    const problems = problemsOf(uniqueMachineId, {
      facts: { machineId: '' },
      others: { w1: { machineId: '' } },
    })
    expect(problems.map(({ message }) => message)).toEqual(['/etc/machine-id is empty or missing'])
  })

  test('a product UUID that is shared is a warning; one that is not to be seen is nothing', () => {
    const shared = { facts: { productUuid: 'u' }, others: { w1: { productUuid: 'u' } } }
    const unseen = { facts: { productUuid: '' }, others: { w1: { productUuid: '' } } }
    expect(briefly(uniqueProductUuid, problemsOf(uniqueProductUuid, shared))).toEqual([
      'warning UniqueProductUUID',
    ])
    expect(problemsOf(uniqueProductUuid, unseen)).toEqual([])
  })

  test('hosts that differ', () => {
    expect(
      [uniqueHostname, uniqueMachineId, uniqueProductUuid].flatMap((check) => problemsOf(check)),
    ).toEqual([])
  })
})

describe('ClockSkew', () => {
  const ahead = (seconds: number, roundTrip = 0.2) => ({
    clock: { host: 1_800_000_000 + seconds, workstation: 1_800_000_000, roundTrip },
  })

  const cases: readonly [string, number, number, number, string | undefined][] = [
    ['all agree', 0, 0, 0, undefined],
    ['a few seconds', 6, 0, 0, undefined],
    ['ten seconds', 10, 0, 0, 'warning the clock is 10 s ahead of the middle of all hosts'],
    ['five minutes ahead', 300, 0, 0, 'error the clock is 300 s ahead of the middle of all hosts'],
    ['five minutes behind', -300, 0, 0, 'error the clock is 300 s behind the middle of all hosts'],
    [
      'the workstation is wrong',
      600,
      600,
      601,
      'error the clock is 600 s ahead of the clock of this machine',
    ],
    ['the others are wrong', 0, 600, 600, 'error the clock is 600 s behind the middle of all hosts'],
  ]

  test.each(cases)('%s', (_title, own, w1, w2, expected) => {
    const problems = problemsOf(clockSkew, { facts: ahead(own), others: { w1: ahead(w1), w2: ahead(w2) } })
    const said = problems.map(({ severity, message }) => `${severity} ${message}`)
    expect(said).toEqual(expected === undefined ? [] : [expected])
  })

  test('a slow connection is no skew', () => {
    expect(problemsOf(clockSkew, { facts: ahead(20, 40), others: { w1: ahead(0), w2: ahead(0) } })).toEqual(
      [],
    )
  })

  test('a host that does not tell the time', () => {
    const facts = { clock: { host: Number.NaN, workstation: 1, roundTrip: 0 } }
    expect(briefly(clockSkew, problemsOf(clockSkew, { facts }))).toEqual(['error ClockSkew'])
  })
})
