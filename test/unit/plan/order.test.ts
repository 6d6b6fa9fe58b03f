/** One order out of several, in which each keeps its own. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeOrders } from '../../../src/plan/order.ts'

test.each([
  ['nothing', [], []],
  ['one', [['a', 'b']], ['a', 'b']],
  [
    'the same twice',
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    ['a', 'b'],
  ],
  [
    'what only one has, where it stands there',
    [
      ['a', 'x', 'b'],
      ['a', 'b', 'y'],
    ],
    ['a', 'x', 'b', 'y'],
  ],
  ['what another has earlier waits for nothing of it', [['b'], ['a', 'b']], ['a', 'b']],
  ['an empty one beside another', [[], ['a']], ['a']],
])('%s', (_what, lists, merged) => {
  expect(mergeOrders(lists)).toEqual(merged)
})

test('orders that contradict each other are refused, by name', () => {
  expect(() =>
    mergeOrders([
      ['a', 'b', 'c'],
      ['b', 'a'],
    ]),
  ).toThrow(/contradict.*a, b/)
})

test('lists out of one order: every one keeps its own, and everything is there once', () => {
  const ids = Array.from({ length: 12 }, (_, at) => `p${at}`)
  const lists = fc.array(fc.subarray(ids), { maxLength: 5 })
  fc.assert(
    fc.property(fc.shuffledSubarray(ids, { minLength: 12 }), lists, (order, chosen) => {
      const sorted = chosen.map((list) => list.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)))
      const merged = mergeOrders(sorted)
      expect(merged.toSorted()).toEqual([...new Set(sorted.flat())].toSorted())
      for (const list of sorted) expect(merged.filter((id) => list.includes(id))).toEqual(list)
    }),
  )
})
