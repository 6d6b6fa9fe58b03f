/** What a new token is to be like, from the command line or from the one before it. */
import { describe, expect, test } from 'vitest'
import { defaultTokenGroup, type StandingToken } from '../../../src/api/tokens.ts'
import { tokenIds } from '../../../src/commands/token-delete.ts'
import { tokenSettings } from '../../../src/commands/token-flags.ts'
import { settingsAgain } from '../../../src/commands/token-rotate.ts'
import { UserError } from '../../../src/errors.ts'

const now = new Date('2026-11-21T12:00:00.789Z')

describe('a new one', () => {
  test('lives a day when nothing is said, and is all that kubeadm’s is', () => {
    expect(tokenSettings({}, now)).toEqual({ expires: '2026-11-22T12:00:00Z' })
  })

  test('is what the flags say', () => {
    const flags = { ttl: '30m', usages: 'authentication, signing,signing', groups: 'system:bootstrappers:a' }
    expect(tokenSettings({ ...flags, description: 'for w1' }, now)).toEqual({
      expires: '2026-11-21T12:30:00Z',
      usages: ['authentication', 'signing'],
      groups: ['system:bootstrappers:a'],
      description: 'for w1',
    })
  })

  test('is permanent only where that is said', () => {
    expect(tokenSettings({ permanent: true }, now).expires).toBeUndefined()
    for (const ttl of ['0', '0h', '00d']) expect(() => tokenSettings({ ttl }, now)).toThrow(/never expires/)
    expect(() => tokenSettings({ ttl: '1h', permanent: true }, now)).toThrow(/contradict/)
  })

  test.each([
    [{ usages: 'signing,login' }, '--usages: "login"'],
    [{ usages: '' }, '--usages: ""'],
    [{ groups: 'system:masters' }, '--groups: "system:masters"'],
    [{ groups: `${defaultTokenGroup},` }, '--groups: ""'],
    [{ ttl: 'soon' }, '--ttl soon'],
  ])('is refused with %j', (flags, why) => {
    expect(() => tokenSettings(flags, now)).toThrow(UserError)
    expect(() => tokenSettings(flags, now)).toThrow(why)
  })
})

describe('one in place of another', () => {
  const before: StandingToken = {
    id: 'abcdef',
    created: '2026-11-20T00:00:00Z',
    expires: '2026-11-20T02:00:00Z',
    usages: ['signing'],
    groups: ['system:bootstrappers:a'],
    description: 'for w1',
  }
  const { id, created, expires, ...same } = before

  test('is for the same, and lives as long as it was made for', () => {
    expect(settingsAgain(before, undefined, now)).toEqual({ ...same, expires: '2026-11-21T14:00:00Z' })
  })

  test('lives as long as is said now', () => {
    expect(settingsAgain({ ...before, expires: undefined }, 60, now).expires).toBe('2026-11-21T12:01:00Z')
  })

  test('stays permanent', () => {
    expect(settingsAgain({ ...before, expires: undefined }, undefined, now)).toEqual(same)
  })

  test.each([undefined, expires])('needs --ttl where it was created %s', (when) => {
    expect(() => settingsAgain({ ...before, created: when }, undefined, now)).toThrow(
      'for how long the token abcdef was made',
    )
  })
})

test('ids and whole tokens are ids, each once; a token with a slip in it is not shown again', () => {
  expect(tokenIds(['abcdef.0123456789abcdef', 'fedcba', 'abcdef'])).toEqual(['abcdef', 'fedcba'])
  expect(() => tokenIds(['abcdef.0123456789abcde'])).toThrow('neither a token nor the id of one')
  expect(() => tokenIds(['abcdef.0123456789abcde'])).not.toThrow('0123456789')
})
