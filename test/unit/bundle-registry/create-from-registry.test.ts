/** What does not belong to `--source registry` is refused before anything is asked. */
import { expect, test } from 'vitest'
import { createFromRegistry } from '../../../src/bundle/create-from-registry.ts'

const asked = {
  kubernetes: '1.37.1',
  arches: ['amd64'],
  mirrors: [],
  from: 'registry.invalid/k8s',
  environment: {},
  say: () => undefined,
}

test.each([
  ['no place', { from: undefined }, 'needs --from REGISTRY'],
  ['a mirror', { mirrors: ['a.org=b.org'] }, 'uses no --mirror'],
  ['an edition', { edition: 'plain' }, 'uses no --edition'],
  ['a place that is none', { from: 'ftp://r.org' }, 'is not the place of a registry'],
])('%s', async (_what, flags, words) => {
  await expect(createFromRegistry({ ...asked, ...flags })).rejects.toThrow(words)
})
