/** Spans of time on the command line. */
import { expect, test } from 'vitest'
import { durationFlag } from '../../../src/commands/duration-flag.ts'
import { UserError } from '../../../src/errors.ts'

test.each([
  ['30m', 1800],
  ['8h', 28_800],
  ['2d', 172_800],
  ['36500d', 3_153_600_000],
])('%s', (text, seconds) => {
  expect(durationFlag('--ttl', text)).toBe(seconds)
})

test.each(['', 'soon', '8', '-1h', '1.5h', '8h ', '1s', '0m', '00d', '36501d', '9'.repeat(400) + 'd'])(
  '%j is refused, with the flag',
  (text) => {
    expect(() => durationFlag('--ttl', text)).toThrow(UserError)
    expect(() => durationFlag('--ttl', text)).toThrow(`--ttl ${text}`)
  },
)
