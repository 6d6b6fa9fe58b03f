/** A few at a time: never more, all of them, and nothing goes on behind the caller's back. */
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eachOf } from '../../../src/bundle/each-of.ts'

test('all are done, once, and never more at a time than allowed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(30), fc.integer({ min: 1, max: 6 }), async (count, atOnce) => {
      const items = Array.from({ length: count }, (_, at) => at)
      const done: number[] = []
      let [now, most] = [0, 0]
      await eachOf(items, atOnce, async (item) => {
        now += 1
        most = Math.max(most, now)
        await setImmediate()
        now -= 1
        done.push(item)
      })
      expect(done.toSorted((a, b) => a - b)).toEqual(items)
      expect(most).toBe(Math.min(count, atOnce))
    }),
    { numRuns: 30 },
  )
})

test('after a failure no other is begun, and those under way are waited for', async () => {
  const begun: number[] = []
  const ended: number[] = []
  const work = async (item: number): Promise<void> => {
    begun.push(item)
    if (item === 1) throw new Error('no')
    for (let turn = 0; turn < 5; turn += 1) await setImmediate()
    ended.push(item)
  }
  await expect(eachOf([0, 1, 2, 3, 4, 5], 3, work)).rejects.toThrow('no')
  expect(begun).toEqual([0, 1, 2])
  expect(ended).toEqual([0, 2])
})
