/** Nobody is waited for longer than was said. */
import { expect, test } from 'vitest'
import { within } from '../../../src/bundle/sources/within.ts'

const nothing = new Promise<never>(() => undefined)

test('who does not answer is named', async () => {
  await expect(within('dl.k8s.io', 5, nothing)).rejects.toThrow('dl.k8s.io does not answer within 0.005 s')
})

test('an answer and a failure come through as they are', async () => {
  expect(await within('dl.k8s.io', 60_000, Promise.resolve('here'))).toBe('here')
  const failure = new Error('no way')
  await expect(within('dl.k8s.io', 60_000, Promise.reject(failure))).rejects.toBe(failure)
})
