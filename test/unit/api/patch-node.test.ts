/** Labels and taints of ours on a Node that others label and taint as well, also while we do. */
import { beforeAll, describe, expect, test } from 'vitest'
import { applyObject } from '../../../src/api/objects.ts'
import type { KubeObject } from '../../../src/api/types.ts'
import type { OwnAuthorities } from '../../../src/pki/authorities.ts'
import { type Answer, type Asked, apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

const made: { ours?: OwnAuthorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(clusterConfig(), new Date())
})

type Taint = {
  readonly key: string
  readonly effect: string
  readonly value?: string
  readonly timeAdded?: string
}
type Labels = Readonly<Record<string, string>>

const node = (labels: Labels, taints?: readonly Taint[]): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'w1', labels },
  ...(taints ? { spec: { taints } } : {}),
})

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }
const cordoned: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const ours: Taint = { key: 'dedicated', value: 'db', effect: 'NoSchedule' }

const patched = (standing: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const fields = Object.entries(patch).map(([name, value]) => [
    name,
    patched((standing as Readonly<Record<string, unknown>> | undefined)?.[name], value),
  ])
  return { ...(standing as object), ...Object.fromEntries(fields) }
}

/** A server with one Node, which takes a merge patch of the version that it has, and of no other. `meanwhile` changes it after a read. */
const nodeServer = async (
  standing: KubeObject | undefined,
  meanwhile: (node: KubeObject) => KubeObject | undefined = () => undefined,
) => {
  if (!made.ours) throw new Error('not made yet')
  const kept: { node: KubeObject; version: number } = {
    node: {
      ...standing,
      spec: { podCIDR: '10.244.1.0/24', ...(standing?.['spec'] as object) },
    } as KubeObject,
    version: 1,
  }
  const versioned = (object: KubeObject, version: number): KubeObject =>
    ({ ...object, metadata: { ...object.metadata, resourceVersion: String(version) } }) as KubeObject
  const answer = ({ method, body, query, contentType }: Asked): Answer => {
    if (!standing) return { status: 404, body: { message: 'nodes "w1" not found' } }
    if (method === 'GET') {
      const given = versioned(kept.node, kept.version)
      const next = meanwhile(kept.node)
      if (next) Object.assign(kept, { node: next, version: kept.version + 1 })
      return { body: given }
    }
    if (contentType !== 'application/merge-patch+json') return { status: 415, body: { message: 'what?' } }
    const { resourceVersion, ...metadata } = (body as KubeObject).metadata as KubeObject['metadata'] & {
      readonly resourceVersion?: string
    }
    if (resourceVersion !== String(kept.version))
      return { status: 409, body: { message: 'the object has been modified' } }
    const next = patched(kept.node, { ...(body as KubeObject), metadata }) as KubeObject
    if (query.get('dryRun') !== 'All') Object.assign(kept, { node: next, version: kept.version + 1 })
    return { body: versioned(next, kept.version) }
  }
  const server = await apiServer(made.ours.ca, answer)
  const patches = () => server.asked.filter(({ method }) => method === 'PATCH')
  return { api: server.client(), kept, patches }
}

const taintsOf = (object: KubeObject | undefined): readonly Taint[] =>
  (object?.['spec'] as { readonly taints?: readonly Taint[] } | undefined)?.taints ?? []

const since: Taint = { ...ours, timeAdded: '2026-01-01T00:00:00Z' }

describe('taints', () => {
  test.each<[string, readonly Taint[] | undefined, readonly Taint[] | undefined, readonly Taint[]]>([
    ['of others stay beside ours', [notReady, cordoned], [ours], [notReady, cordoned, ours]],
    ['of others stay where none are ours', [notReady], undefined, [notReady]],
    ['of others stay where ours are explicitly none', [notReady], [], [notReady]],
    ['of ours are the first', undefined, [ours], [ours]],
    ['of ours get their new value', [{ ...ours, value: 'web' }, notReady], [ours], [ours, notReady]],
    [
      'of ours lose their value',
      [since],
      [{ key: 'dedicated', effect: 'NoSchedule' }],
      [{ key: 'dedicated', effect: 'NoSchedule' }],
    ],
    [
      'of the same key and another effect are others',
      [{ ...ours, effect: 'NoExecute' }],
      [ours],
      [{ ...ours, effect: 'NoExecute' }, ours],
    ],
    ['of ours keep what a controller noted in them', [since], [ours], [since]],
  ])('%s', async (_what, standing, wanted, after) => {
    const { api, kept, patches } = await nodeServer(node({ a: 'of others' }, standing))
    const looked = await applyObject(api, node({ role: '' }, wanted), { dryRun: true })
    expect(taintsOf(looked.before)).toEqual(standing ?? [])
    expect(taintsOf(looked.after)).toEqual(after)
    expect(kept.version).toBe(1)
    const applied = await applyObject(api, node({ role: '' }, wanted), { dryRun: false })
    expect([looked.status, applied.status]).toEqual(['changed', 'changed'])
    expect(taintsOf(kept.node)).toEqual(after)
    expect(kept.node).toMatchObject({
      metadata: { labels: { a: 'of others', role: '' } },
      spec: { podCIDR: '10.244.1.0/24' },
    })
    const before = patches().length
    for (const dryRun of [true, false]) {
      const again = await applyObject(api, node({ role: '' }, wanted), { dryRun })
      expect(again).toMatchObject({ status: 'unchanged', before: again.after })
    }
    expect(patches()).toHaveLength(before)
  })
})

test('a Node that is as wanted is not written to, whatever others have added to it', async () => {
  const { api, patches } = await nodeServer(node({ role: '', a: 'of others' }, [cordoned, ours]))
  const applied = await applyObject(api, node({ role: '' }, [ours]), { dryRun: false })
  expect(applied.status).toBe('unchanged')
  expect(patches()).toEqual([])
})

test('a patch is ours by name, and only a look where it is to be one', async () => {
  const { api, patches } = await nodeServer(node({}))
  await applyObject(api, node({ role: '' }), { dryRun: true })
  await applyObject(api, node({ role: '' }), { dryRun: false })
  expect(patches().map(({ query }) => [query.get('fieldManager'), query.get('dryRun')])).toEqual([
    ['slipway', 'All'],
    ['slipway', null],
  ])
})

describe('while somebody else taints the Node', () => {
  test('what they did is read, and stays', async () => {
    const theirs = [notReady, cordoned]
    const { api, kept, patches } = await nodeServer(node({}), (standing) => {
      const next = theirs.shift()
      return next && node({}, [...taintsOf(standing), next])
    })
    const applied = await applyObject(api, node({}, [ours]), { dryRun: false })
    expect(applied.status).toBe('changed')
    expect(taintsOf(applied.before)).toEqual([notReady, cordoned])
    expect(taintsOf(kept.node)).toEqual([notReady, cordoned, ours])
    expect(patches()).toHaveLength(3)
  })

  test('without end, that is said and not gone on with for ever', async () => {
    const { api, patches } = await nodeServer(node({}), (standing) => standing)
    const applying = applyObject(api, node({}, [ours]), { dryRun: false })
    await expect(applying).rejects.toMatchObject({ status: 409 })
    expect(patches().length).toBeLessThan(20)
  })
})

test('a Node that has not registered cannot be written to', async () => {
  const { api } = await nodeServer(undefined)
  await expect(applyObject(api, node({}), { dryRun: true })).rejects.toMatchObject({ status: 404 })
})
