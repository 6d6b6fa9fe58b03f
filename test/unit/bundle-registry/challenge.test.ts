/** What registries ask for, as they write it. */
import { expect, test } from 'vitest'
import { parseChallenge } from '../../../src/bundle/registry/challenge.ts'

const hub =
  'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"'

test.each([
  [undefined, undefined],
  ['', undefined],
  ['Negotiate', undefined],
  ['Bearer', undefined],
  ['Basic realm="Registry Realm"', { kind: 'basic' }],
  ['basic', { kind: 'basic' }],
  [
    hub,
    {
      kind: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:a/b:pull,push',
    },
  ],
  ['bearer REALM=https://t/', { kind: 'bearer', realm: 'https://t/' }],
  ['Bearer realm="https://t/?a=\\"b\\""', { kind: 'bearer', realm: 'https://t/?a="b"' }],
  ['Basic realm="x", Bearer realm="https://t/"', { kind: 'bearer', realm: 'https://t/' }],
  ['Bearer realm="https://t/", Basic realm="x"', { kind: 'bearer', realm: 'https://t/' }],
  [
    'Bearer scope="a b",realm="https://t/",error="invalid_token"',
    { kind: 'bearer', realm: 'https://t/', scope: 'a b' },
  ],
])('%s', (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected)
})
