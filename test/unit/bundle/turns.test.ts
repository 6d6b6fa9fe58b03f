import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { turns } from '../../../src/bundle/turns.ts'

test('one at a time, in the order in which they came, also after one that failed', async () => {
  const inTurn = turns()
  const said: string[] = []
  const work = (name: string, fails = false) =>
    inTurn(async () => {
      said.push(`${name} in`)
      await sleep(2)
      said.push(`${name} out`)
      if (fails) throw new Error(name)
      return name
    })
  const ends = await Promise.allSettled([work('a'), work('b', true), work('c')])
  expect(said).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out'])
  expect(ends).toMatchObject([{ value: 'a' }, { reason: new Error('b') }, { value: 'c' }])
})
