/** Addons follow on every host that a run reaches; what is on hosts that are off is not waited for, and holds up no other. */
import { beforeAll, expect, test } from 'vitest'
import type { OwnAuthorities } from '../../../src/pki/authorities.ts'
import { addonsFollow } from '../../../src/run/conditions/addons.ts'
import type { Sight } from '../../../src/run/conditions/types.ts'
import { type Answer, type Asked, apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'
import { shellHost } from '../../support/shell-host.ts'

const made: { ours?: OwnAuthorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(clusterConfig(), new Date())
})

const annotation = 'slipway.dev/configuration'

const ready = (is: boolean) => ({ conditions: [{ type: 'Ready', status: is ? 'True' : 'Unknown' }] })

type Pod = { readonly on: string; readonly is: 'new' | 'old' | 'starting' | 'ending' }

const podObject = ({ on, is }: Pod) => ({
  metadata: {
    name: `kube-proxy-${on}`,
    namespace: 'kube-system',
    annotations: { [annotation]: is === 'old' || is === 'ending' ? 'before' : 'now' },
    ...(is === 'ending' ? { deletionTimestamp: '2026-11-28T00:00:00Z' } : {}),
  },
  spec: { nodeName: on },
  status: ready(is !== 'starting'),
})

const labels = { 'k8s-app': 'kube-proxy' }
const template = (configuration?: string) => ({
  metadata: {
    labels,
    ...(configuration === undefined ? {} : { annotations: { [annotation]: configuration } }),
  },
})
const daemonSets = [
  { metadata: { name: 'kube-proxy', namespace: 'kube-system' }, spec: { template: template('now') } },
  { metadata: { name: 'of-somebody', namespace: 'default' }, spec: { template: template() } },
]

type Cluster = {
  readonly connected: readonly string[]
  /** By name: whether it is said to be Ready. */
  readonly nodes: Readonly<Record<string, boolean>>
  readonly pods: readonly Pod[]
}

const lookAt = async ({ connected, nodes, pods }: Cluster): Promise<{ sight: Sight; deleted: string[] }> => {
  if (!made.ours) throw new Error('not made yet')
  const items = Object.entries(nodes).map(([name, is]) => ({ metadata: { name }, status: ready(is) }))
  const deleted: string[] = []
  const server = await apiServer(made.ours.ca, ({ method, path, query }: Asked): Answer => {
    if (method === 'DELETE') deleted.push(path.replace('/api/v1/namespaces/kube-system/pods/kube-proxy-', ''))
    if (method === 'DELETE') return { body: {} }
    if (path === '/api/v1/nodes') return { body: { items } }
    if (path === '/apis/apps/v1/daemonsets') return { body: { items: daemonSets } }
    const isOfThese = query.get('labelSelector') === 'k8s-app=kube-proxy'
    if (path === '/api/v1/namespaces/kube-system/pods' && isOfThese)
      return { body: { items: pods.map(podObject) } }
    return { status: 404, body: { message: path } }
  })
  const api = server.client()
  const around = { host: shellHost('dash'), connected: new Set(connected), memory: new Map<string, string>() }
  return { sight: await addonsFollow.look(async () => api, {}, around), deleted }
}

const on = (is: Pod['is'], ...hosts: readonly string[]): readonly Pod[] =>
  hosts.map((each) => ({ on: each, is }))
const allReady = { cp1: true, w1: true, w2: true }
const all = Object.keys(allReady)
const still = (count: number): Sight => ({
  met: false,
  seen: `${count} pods of kube-proxy are still to be replaced`,
})

test.each<[string, Cluster]>([
  ['all are new', { connected: all, nodes: allReady, pods: on('new', ...all) }],
  [
    'the only old one is on a host that is off',
    {
      connected: ['cp1', 'w1'],
      nodes: { ...allReady, w2: false },
      pods: [...on('new', 'cp1', 'w1'), ...on('old', 'w2')],
    },
  ],
  [
    'it is on one that was turned off just now, which nobody in the cluster has noticed',
    {
      connected: ['cp1', 'w1'],
      nodes: allReady,
      pods: [...on('new', 'cp1', 'w1'), ...on('ending', 'w2')],
    },
  ],
  [
    'a host that is off has none',
    { connected: ['cp1', 'w1'], nodes: { ...allReady, w2: false }, pods: on('new', 'cp1', 'w1') },
  ],
  [
    'a host that is there is no node yet',
    { connected: [...all, 'w3'], nodes: allReady, pods: on('new', ...all) },
  ],
])('met: %s', async (_what, cluster) => {
  expect(await lookAt(cluster)).toEqual({ sight: { met: true }, deleted: [] })
})

test.each<[string, Cluster, number]>([
  ['old ones', { connected: all, nodes: allReady, pods: [...on('new', 'cp1'), ...on('old', 'w1', 'w2')] }, 2],
  [
    'one that starts',
    { connected: all, nodes: allReady, pods: [...on('new', 'cp1', 'w1'), ...on('starting', 'w2')] },
    1,
  ],
  ['one that is not there', { connected: all, nodes: allReady, pods: on('new', 'cp1', 'w1') }, 1],
  [
    'an old one on a host that is there and not Ready',
    {
      connected: all,
      nodes: { ...allReady, w2: false },
      pods: [...on('new', 'cp1'), ...on('starting', 'w1'), ...on('old', 'w2')],
    },
    2,
  ],
])('waited for: %s', async (_what, cluster, count) => {
  expect(await lookAt(cluster)).toEqual({ sight: still(count), deleted: [] })
})

test.each<[string, Readonly<Record<string, boolean>>]>([
  ['that the cluster has missed', { ...allReady, w2: false }],
  ['that the cluster has not missed yet', allReady],
])('with a host off %s, the next old pod is deleted when all new ones work', async (_what, nodes) => {
  const connected = ['cp1', 'w1']
  const next = await lookAt({ connected, nodes, pods: [...on('new', 'cp1'), ...on('old', 'w1', 'w2')] })
  expect(next).toEqual({ sight: still(1), deleted: ['w1'] })
  for (const is of ['starting', 'ending'] as const) {
    const one = await lookAt({ connected, nodes, pods: [...on('old', 'w1', 'w2'), ...on(is, 'cp1')] })
    expect(one).toEqual({ sight: still(2), deleted: [] })
  }
})
