/** Who leads is whoever runs and holds the lease; the lease of one that has ended is given back, that of one that may live never. */
import { writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { controllersLead } from '../../../src/run/conditions/controllers.ts'
import type { Around } from '../../../src/run/conditions/types.ts'
import { type Answer, type Asked, apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { authoritiesFor } from '../../support/pki.ts'
import { shellHost } from '../../support/shell-host.ts'

const made: { ca?: Awaited<ReturnType<typeof authoritiesFor>>['ca'] } = {}
beforeAll(async () => {
  made.ca = (await authoritiesFor(clusterConfig(), new Date())).ca
})

const manager = 'kube-controller-manager'
const names = [manager, 'kube-scheduler']

type Spec = { readonly holderIdentity?: string; readonly acquireTime?: string; readonly renewTime?: string }

const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString()

const held = (holder: string, acquired: number, renewed: number): Spec => ({
  holderIdentity: holder,
  acquireTime: ago(acquired),
  renewTime: ago(renewed),
})

/** A server that has a lease of each, and takes a patch of the version that it has. `renew`: what happens to it after it was read. */
const leaseServer = async (spec: Spec, renew: (spec: Spec) => Spec | undefined = () => undefined) => {
  if (!made.ca) throw new Error('not made yet')
  const kept = new Map(names.map((name) => [name, { spec, version: 1 }]))
  const server = await apiServer(made.ca, ({ method, path, body }: Asked): Answer => {
    const name = path.replace('/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/', '')
    const lease = kept.get(name)
    if (!lease) return { status: 404, body: { message: `no ${path}` } }
    const answer = { body: { metadata: { name, resourceVersion: String(lease.version) }, spec: lease.spec } }
    if (method === 'GET') {
      const next = renew(lease.spec)
      if (next) kept.set(name, { spec: next, version: lease.version + 1 })
      return answer
    }
    const sent = body as { readonly metadata: { readonly resourceVersion: string }; readonly spec: Spec }
    if (sent.metadata.resourceVersion !== String(lease.version))
      return { status: 409, body: { message: 'the object has been modified' } }
    kept.set(name, { spec: { ...lease.spec, ...sent.spec }, version: lease.version + 1 })
    return answer
  })
  const holders = () => names.map((name) => kept.get(name)?.spec.holderIdentity)
  const patches = () => server.asked.filter(({ method }) => method === 'PATCH').length
  return { api: server.client(), holders, patches }
}

type Container = {
  readonly madeAgo: number
  readonly state?: string
  readonly name?: string
  readonly namespace?: string
}

const told = ({ madeAgo, state = 'CONTAINER_RUNNING', name, namespace = 'kube-system' }: Container) =>
  (name === undefined ? names : [name]).map((each) => ({
    id: 'c0ffee',
    metadata: { name: each, attempt: 0 },
    labels: { 'io.kubernetes.pod.namespace': namespace },
    state,
    createdAt: `${BigInt(Date.now() - madeAgo * 1000) * 1_000_000n + 123_456n}`,
  }))

const hostWith = (...containers: readonly Container[]) => {
  const host = shellHost('dash', [fakeCommands])
  writeFileSync(join(host.root, 'containers.json'), JSON.stringify({ containers: containers.flatMap(told) }))
  return host
}

const aroundHost = (host: Around['host']): Around => ({ host, connected: new Set(), memory: new Map() })

const around = (...containers: readonly Container[]): Around => aroundHost(hostWith(...containers))

const here = `${hostname()}_0b5f5c1e`
const elsewhere = 'another-host_0b5f5c1e'
const exited: Container = { madeAgo: 600, state: 'CONTAINER_EXITED' }
const neither = { met: false, seen: 'kube-controller-manager and kube-scheduler do not lead yet' }

test.each<[string, Spec, readonly Container[]]>([
  ['took its lease after it was started', held(here, 590, 1), [{ madeAgo: 600 }]],
  ['has just taken it from its predecessor', held(here, 1, 1), [exited, { madeAgo: 4 }]],
  ['has not been able to take it from one elsewhere, long since', held(elsewhere, 900, 1), [{ madeAgo: 60 }]],
])('one that %s leads', async (_what, spec, containers) => {
  const { api, patches } = await leaseServer(spec)
  expect(await controllersLead.look(async () => api, {}, around(...containers))).toEqual({ met: true })
  expect(patches()).toBe(0)
})

test.each<[string, Spec, readonly Container[]]>([
  ['nobody holds', {}, [{ madeAgo: 600 }]],
  ['is the one of before, who still runs', held(here, 590, 9), [{ madeAgo: 600 }, { madeAgo: 4 }]],
  [
    'is that of one whose state is not known',
    held(here, 590, 9),
    [{ madeAgo: 600, state: 'CONTAINER_UNKNOWN' }, { madeAgo: 4 }],
  ],
  ['was renewed after what runs was started', held(here, 590, 1), [exited, { madeAgo: 4 }]],
  ['is held elsewhere, by nobody knows whom', held(elsewhere, 590, 9), [exited, { madeAgo: 4 }]],
  ['is held elsewhere while nothing runs here', held(elsewhere, 590, 9), [exited]],
  ['names a host of which this one is a part', held(`x${here}`, 590, 9), [exited, { madeAgo: 4 }]],
])('a lease that %s is left alone, and waited for', async (_what, spec, containers) => {
  const { api, patches } = await leaseServer(spec)
  const these = around(...containers)
  for (const _look of [1, 2]) expect(await controllersLead.look(async () => api, {}, these)).toEqual(neither)
  expect(patches()).toBe(0)
})

test.each<[string, readonly Container[]]>([
  ['and another has started', [exited, { madeAgo: 4 }]],
  ['and none runs', [exited]],
  ['and somebody else runs under its name', [exited, { madeAgo: 600, namespace: 'default' }]],
])('the lease of one that has ended on this host %s is given back', async (_what, containers) => {
  const { api, holders, patches } = await leaseServer(held(here, 590, 6))
  const these = around(...containers)
  for (const _look of [1, 2]) expect(await controllersLead.look(async () => api, {}, these)).toEqual(neither)
  expect(holders()).toEqual(['', ''])
  expect(patches()).toBe(2)
})

test('each is judged by itself', async () => {
  const { api, holders } = await leaseServer(held(here, 590, 6))
  const these = around({ madeAgo: 600, name: 'kube-scheduler' }, { madeAgo: 4, name: manager })
  expect(await controllersLead.look(async () => api, {}, these)).toEqual({
    met: false,
    seen: `${manager} does not lead yet`,
  })
  expect(holders()).toEqual(['', here])
})

test('one that is taken in between stays taken', async () => {
  const taken = held(elsewhere, 0, 0)
  const { api, holders, patches } = await leaseServer(held(here, 590, 6), () => taken)
  expect(await controllersLead.look(async () => api, {}, around(exited))).toEqual(neither)
  expect(patches()).toBe(2)
  expect(holders()).toEqual([elsewhere, elsewhere])
})

test('who leads elsewhere is known by its renewing', async () => {
  const renewed = held(elsewhere, 590, 0)
  const { api, patches } = await leaseServer(held(elsewhere, 590, 2), () => renewed)
  const these = around({ madeAgo: 4 })
  expect(await controllersLead.look(async () => api, {}, these)).toEqual(neither)
  expect(await controllersLead.look(async () => api, {}, these)).toEqual({ met: true })
  expect(patches()).toBe(0)
})

test('a runtime that does not answer is no sign of an end', async () => {
  const { api, holders, patches } = await leaseServer(held(here, 590, 6))
  const looking = controllersLead.look(async () => api, {}, aroundHost(shellHost('dash', [fakeCommands])))
  await expect(looking).rejects.toThrow('its runtime does not say what runs')
  expect(holders()).toEqual([here, here])
  expect(patches()).toBe(0)
})
