/** Bootstrap tokens, as kubeadm and the token controller read them. */
import { expect, test } from 'vitest'
import {
  bootstrapTokenSecret,
  listTokens,
  newToken,
  tokenGroupPattern,
  tokenId,
  tokenPattern,
  tokenSecretRef,
} from '../../../src/api/tokens.ts'
import { apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

test('new ones have the form that Kubernetes asks for, and are all different', () => {
  const made = Array.from({ length: 500 }, newToken)
  expect(made.filter((token) => !tokenPattern.test(token))).toEqual([])
  expect(new Set(made).size).toBe(500)
  expect(new Set(made.join('').replaceAll('.', '')).size).toBe(36)
})

test.each([
  'abcdef.0123456789abcde',
  'ABCDEF.0123456789abcdef',
  'abcdef0123456789abcdef',
  'abcdef.0123456789abcdef\n',
])('%j is none', (text) => {
  expect(tokenPattern.test(text)).toBe(false)
})

test('the Secret of one: its id in the name, its secret half in the data alone', () => {
  const token = 'abcdef.0123456789abcdef'
  const expires = '2030-01-01T00:00:00Z'
  const { metadata, type, stringData } = bootstrapTokenSecret({ token, expires, description: 'for w1' })
  expect(metadata).toEqual({ name: 'bootstrap-token-abcdef', namespace: 'kube-system' })
  expect(type).toBe('bootstrap.kubernetes.io/token')
  expect(stringData).toEqual({
    'token-id': 'abcdef',
    'token-secret': '0123456789abcdef',
    expiration: expires,
    'usage-bootstrap-signing': 'true',
    'usage-bootstrap-authentication': 'true',
    'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
    description: 'for w1',
  })
})

test('one without an end has no expiration at all: an empty one would have expired', () => {
  const { stringData } = bootstrapTokenSecret({ token: newToken(), expires: undefined, usages: ['signing'] })
  expect(Object.keys(stringData as object)).toEqual([
    'token-id',
    'token-secret',
    'usage-bootstrap-signing',
    'auth-extra-groups',
  ])
})

test('an id and a whole token lead to the same Secret', () => {
  expect(tokenId('abcdef.0123456789abcdef')).toBe('abcdef')
  expect(tokenSecretRef('abcdef.0123456789abcdef')).toEqual(tokenSecretRef('abcdef'))
})

test.each([
  ['system:bootstrappers:kubeadm:default-node-token', true],
  ['system:bootstrappers:a', true],
  ['system:bootstrappers:', false],
  ['system:bootstrappers:a-', false],
  ['system:bootstrappers:A', false],
  ['system:bootstrappers:a\n', false],
  ['system:masters', false],
  [' system:bootstrappers:a', false],
])('a token may have the group %j: %s', (group, allowed) => {
  expect(tokenGroupPattern.test(group)).toBe(allowed)
})

test('what a cluster has is read back as it was made, without its secret half', async () => {
  const settings = {
    expires: '2030-01-01T00:00:00Z',
    description: 'für w1',
    usages: ['authentication'],
    groups: ['system:bootstrappers:a', 'system:bootstrappers:b'],
  } as const
  const secrets = [
    bootstrapTokenSecret({ token: 'abcdef.0123456789abcdef', ...settings }),
    bootstrapTokenSecret({ token: 'fedcba.0123456789abcdef', expires: undefined, groups: [] }),
  ]
  /** As the API server keeps what it was given. */
  const items = secrets.map(({ stringData, metadata }) => ({
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:00:00Z' },
    data: Object.fromEntries(
      Object.entries(stringData as Record<string, string>).map(([key, text]) => [
        key,
        Buffer.from(text).toString('base64'),
      ]),
    ),
  }))
  const { ca } = await authoritiesFor(clusterConfig(), new Date())
  const { client, asked } = await apiServer(ca, () => ({ body: { items } }))
  const created = '2026-01-01T00:00:00Z'
  expect(await listTokens(client())).toEqual([
    { id: 'abcdef', created, ...settings },
    {
      id: 'fedcba',
      created,
      expires: undefined,
      description: undefined,
      usages: ['signing', 'authentication'],
      groups: [],
    },
  ])
  expect(asked[0]?.query.get('fieldSelector')).toBe('type=bootstrap.kubernetes.io/token')
})
