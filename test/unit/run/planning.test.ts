/** From what is known to what planning takes: whose authorities count, what is kept secret, and who gets a token. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { openBundle } from '../../../src/bundle/open.ts'
import type { HostFacts } from '../../../src/facts/types.ts'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { createRedactor } from '../../../src/report/redact.ts'
import { clusterStore } from '../../../src/run/cluster-store.ts'
import { findAuthorities, planInput, readBundle } from '../../../src/run/planning.ts'
import { clusterConfig, healthyFacts } from '../../support/check-input.ts'
import { authoritiesFor, contentsOf, filesOf, issueFor } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { smallBundle } from '../../support/small-bundle.ts'

const config = clusterConfig()
const made: { ours?: Authorities; other?: Authorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(config, new Date())
  made.other = await authoritiesFor(config, new Date())
})
const authorities = (which: 'ours' | 'other' = 'ours'): Authorities => {
  const found = made[which]
  if (!found) throw new Error('not made yet')
  return found
}

const withIdentity = async (of: Authorities): Promise<ReadonlyMap<string, HostFacts>> => {
  const identity = contentsOf(filesOf(await issueFor(config, of, {}, new Date()), 'cp1'))
  return new Map(
    [...healthyFacts(config)].map(([name, facts]) => [name, name === 'cp1' ? { ...facts, identity } : facts]),
  )
}

describe('the authorities are', () => {
  const emptyStore = () => clusterStore({ clusterFile: join(scratchDirectory('store'), 'c.yaml'), config })

  test('those of this machine, before those of a host', async () => {
    const store = emptyStore()
    await store.save(authorities())
    const found = await findAuthorities(store, config, await withIdentity(authorities('other')), true)
    expect(found.ca.keyPem).toBe(authorities().ca.keyPem)
  })

  test('those of the first control plane, when this machine has lost its own, and then kept', async () => {
    const store = emptyStore()
    const found = await findAuthorities(store, config, await withIdentity(authorities()), true)
    expect(found.ca).toMatchObject(authorities().ca)
    expect((await store.load())?.ca.keyPem).toBe(authorities().ca.keyPem)
  })

  test('refused where the cluster has the same CA, and signs tokens with another key', async () => {
    const store = emptyStore()
    await store.save(authorities())
    const there = await withIdentity({ ...authorities(), sa: authorities('other').sa })
    await expect(findAuthorities(store, config, there, true)).rejects.toThrow(
      /signs tokens with another key than the one in .*demo/,
    )
  })

  test('new ones, when there are none, saved before any host sees them', async () => {
    const store = emptyStore()
    const found = await findAuthorities(store, config, healthyFacts(config), true)
    expect((await store.load())?.ca.keyPem).toBe(found.ca.keyPem)
  })

  test('not saved by who only looks', async () => {
    const store = emptyStore()
    await findAuthorities(store, config, healthyFacts(config), false)
    expect(await store.load()).toBeUndefined()
  })
})

const userSecret = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Secret
    metadata: { name: registry }
    stringData: { password: planted-as-text }
    data: { token: ${Buffer.from('planted-in-base64').toString('base64')} }
  - apiVersion: v1
    kind: ConfigMap
    metadata: { name: plain }
    data: { key: planted-nowhere }
`

const planning = async (facts: ReadonlyMap<string, HostFacts> = healthyFacts(config)) => {
  const folder = scratchDirectory('cluster')
  writeFileSync(join(folder, 'mine.yaml'), userSecret)
  const secrets = createRedactor()
  const withManifest = clusterConfig({ addons: { manifests: ['mine.yaml'] } })
  const input = await planInput({
    clusterFile: join(folder, 'cluster.yaml'),
    config: withManifest,
    hosts: withManifest.hosts,
    facts,
    authorities: authorities(),
    bundle: await openBundle(smallBundle()),
    secrets,
  })
  return { input, redact: secrets.redact }
}

describe('what planning knows', () => {
  test('is hidden from then on where it is secret: keys, tokens, and what Secrets of the user’s hold', async () => {
    const { input, redact } = await planning()
    const secretFiles = [...input.identity.values()].flat().filter(({ secret }) => secret)
    const keys = secretFiles.flatMap(({ content }) => content.split('\n').slice(1, 2))
    const tokens = [...input.joinTokens.values()].map(({ token }) => token)
    expect(keys.length).toBeGreaterThan(5)
    expect(tokens).toHaveLength(2)
    const base64 = Buffer.from('planted-as-text').toString('base64')
    for (const secret of [...tokens, 'planted-as-text', base64, 'planted-in-base64'])
      expect(redact(`the API said: ${secret}!`)).toBe('the API said: [redacted]!')
    expect(redact('planted-nowhere')).toBe('planted-nowhere')
  })

  test('holds a token for each worker that has still to join, and for no other host', async () => {
    const { input } = await planning()
    expect([...input.joinTokens.keys()]).toEqual(['w1', 'w2'])
  })
})

test('a bundle of another release is refused, with the command that makes the right one', async () => {
  const file = smallBundle({ kubernetes: '1.36.9' })
  const reading = readBundle({ clusterFile: join(scratchDirectory('cluster'), 'cluster.yaml'), config }, file)
  await expect(reading).rejects.toThrow(`${file} carries Kubernetes 1.36.9`)
  await expect(reading).rejects.toMatchObject({ hint: expect.stringContaining('--kubernetes 1.37.1') })
})
