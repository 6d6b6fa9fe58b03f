/** How long is waited, and how often: numbers and dates of servers, and their limits. */
import { expect, test } from 'vitest'
import { retryAfterMs, usualPatience, waitMs } from '../../../src/bundle/http/patience.ts'

const now = new Date('2026-11-21T12:00:00Z')

test.each([
  [undefined, undefined],
  ['0', 0],
  ['7', 7000],
  ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
])('Retry-After: %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, now)).toBe(expected)
})

test('waits double, and end after the last attempt', () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) => waitMs(usualPatience, attempt))
  expect(waits).toEqual([500, 1000, 2000, 4000, undefined])
})

test('a server may ask for more, up to a limit, and not for less', () => {
  expect(waitMs(usualPatience, 1, 20_000)).toBe(20_000)
  expect(waitMs(usualPatience, 3, 10)).toBe(2000)
  expect(waitMs(usualPatience, 1, 60_001)).toBeUndefined()
})
