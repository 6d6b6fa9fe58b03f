/** Bootstrap tokens, as kubeadm and the token controller read them. */
import { expect, test } from 'vitest'
import {
  bootstrapTokenSecret,
  newToken,
  tokenId,
  tokenPattern,
  tokenSecretRef,
} from '../../../src/api/tokens.ts'

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
