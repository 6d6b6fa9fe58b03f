/** What is asked of `certs renew` is looked at before anything else: a mistake costs nobody a connection. */
import { expect, it } from 'vitest'
import { askedBy } from '../../../src/commands/certs-renew.ts'
import { UserError } from '../../../src/errors.ts'

const refused = (names: readonly string[], flags: Parameters<typeof askedBy>[1]) => {
  try {
    askedBy(names, flags)
  } catch (error) {
    if (error instanceof UserError) return { what: error.message, hint: error.hint ?? '' }
    throw error
  }
  throw new Error('it was taken')
}

it.each([
  [['apiservr'], {}, 'there is no certificate apiservr', 'Did you mean "apiserver"?'],
  [['everything'], {}, 'there is no certificate everything', 'there are: apiserver, '],
  [['etcd-ca'], {}, 'etcd-ca is a CA', 'slipway certs rotate-ca etcd-ca'],
  [[], {}, 'which certificates?', '--all, --older-than 30d, or names: apiserver, '],
  [['apiserver'], { all: true }, 'either names or --all', 'leave one of them out'],
  [[], { olderThan: 'old' }, '--older-than old is not a duration', '30m, 8h, 2d'],
])('%j %j is refused', (names, flags, message, remedy) => {
  const { what, hint } = refused(names, flags)
  expect(what).toContain(message)
  expect(hint).toContain(remedy)
})

it.each([
  [[], { all: true }, { names: undefined, olderThanSeconds: undefined }],
  [[], { olderThan: '30d' }, { names: undefined, olderThanSeconds: 30 * 86_400 }],
  [['admin.conf'], { olderThan: '1h' }, { names: ['admin.conf'], olderThanSeconds: 3600 }],
])('%j %j', (names, flags, asked) => {
  expect(askedBy(names, flags)).toEqual(asked)
})
