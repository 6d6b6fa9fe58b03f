/** Waiting: what is said meanwhile, what when it is given up, and that it can be ended. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Interrupted } from '../../../src/errors.ts'
import type { OwnAuthorities } from '../../../src/pki/authorities.ts'
import type { Condition } from '../../../src/plan/types.ts'
import type { Sight, Watched } from '../../../src/run/conditions/types.ts'
import type { RunEvent } from '../../../src/run/events.ts'
import type { TaskContext } from '../../../src/run/tasks.ts'
import { waitFor } from '../../../src/run/wait.ts'
import { type Answer, type Asked, apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

const made: { ours?: OwnAuthorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(clusterConfig(), new Date())
})

const condition = (over: Partial<Condition> = {}): Condition => ({
  id: 'seen',
  sentence: 'it is seen',
  seconds: 60,
  ...over,
})

const watching = (signal?: AbortSignal, api?: TaskContext['api']) => {
  const events: RunEvent[] = []
  const context = {
    phase: 'wait',
    host: { name: 'cp1' },
    connected: new Set(['cp1']),
    emit: (event: RunEvent) => events.push(event),
    api: api ?? (() => Promise.reject(new Error('no API in this test'))),
    signal,
  } as unknown as TaskContext
  return { events, context }
}

/** One sight a look; the last one stays. */
const seen = (...sights: readonly (Sight | Error)[]): Watched => {
  const left = [...sights]
  return {
    id: 'seen',
    hint: 'look yourself',
    look: async () => {
      const sight = left.length > 1 ? left.shift() : left[0]
      if (sight instanceof Error) throw sight
      return sight ?? { met: true }
    },
  }
}

const notYet = (what: string): Sight => ({ met: false, seen: what })

test('each thing that is seen is said once, errors as well, until it is met', async () => {
  const { events, context } = watching()
  const sights = [new Error('refused'), notYet('starting'), notYet('starting'), { met: true } as const]
  await waitFor(condition(), context, [seen(...sights)])
  expect(events.map((event) => 'message' in event && event.message)).toEqual([
    'waiting until it is seen: refused',
    'waiting until it is seen: starting',
  ])
})

test.each([
  ['time is up', condition({ seconds: 0 }), notYet('starting')],
  ['it will not get better', condition(), { ...notYet('crashed'), hopeless: true }],
])('given up when %s: what was last seen, on which host, and what to run', async (_what, which, sight) => {
  const { context } = watching()
  const waiting = waitFor(which, context, [seen(sight)])
  await expect(waiting).rejects.toThrow(/Last seen: (starting|crashed)/)
  await expect(waiting).rejects.toMatchObject({
    failure: { host: 'cp1', doing: 'phase wait', hint: 'look yourself' },
  })
})

test('what a look remembers is there for the next, and gone with the wait; the host that waits can be asked', async () => {
  const { context } = watching()
  const remembered: string[] = []
  const look: Watched['look'] = async (_api, _args, { host, memory }) => {
    remembered.push(`${host.name} ${memory.size}`)
    memory.set(String(memory.size), '')
    return memory.size > 1 ? { met: true } : notYet('once')
  }
  const watched: Watched = { id: 'seen', hint: '', look }
  await waitFor(condition(), context, [watched])
  await waitFor(condition(), context, [watched])
  expect(remembered).toEqual(['cp1 0', 'cp1 1', 'cp1 0', 'cp1 1'])
})

test('Ctrl-C ends it, also between two looks', async () => {
  const stop = new AbortController()
  const { context } = watching(stop.signal)
  const watched = seen(notYet('starting'))
  const look: Watched['look'] = (...args) => {
    setImmediate(() => stop.abort())
    return watched.look(...args)
  }
  await expect(waitFor(condition(), context, [{ ...watched, look }])).rejects.toBeInstanceOf(Interrupted)
})

test('a condition that nobody can look at is a mistake of ours, found at once', async () => {
  await expect(waitFor(condition({ id: 'unheard' }), watching().context)).rejects.toThrow('no such condition')
})

describe('the conditions, at a real server', () => {
  const conditionMet = async (which: Condition, answer: (asked: Asked) => Answer): Promise<string> => {
    if (!made.ours) throw new Error('not made yet')
    const { client } = await apiServer(made.ours.ca, answer)
    const api = client()
    const waiting = waitFor({ ...which, seconds: 0 }, watching(undefined, () => Promise.resolve(api)).context)
    return waiting.then(
      () => 'met',
      (error: Error) => error.message.replace(/^.*Last seen: /, ''),
    )
  }
  const ready = (status: string, message: string): Answer => ({
    body: { status: { conditions: [{ type: 'Ready', status, message }] } },
  })
  const missing: Answer = { status: 404, body: { message: 'not found' } }
  const deployment = (wanted: number, available?: number): Answer => ({
    body: {
      spec: { replicas: wanted },
      status: available === undefined ? {} : { availableReplicas: available },
    },
  })
  const node = condition({ id: 'node-ready', args: { node: 'w1' } })
  const dns = condition({ id: 'deployment-available', args: { namespace: 'kube-system', name: 'coredns' } })

  test.each<[string, Condition, Answer, string]>([
    ['a node', condition({ id: 'node-registered', args: { node: 'w1' } }), ready('False', ''), 'met'],
    [
      'no node',
      condition({ id: 'node-registered', args: { node: 'w1' } }),
      missing,
      'there is no node w1 yet',
    ],
    ['a node that is Ready', node, ready('True', ''), 'met'],
    [
      'one that says why not',
      node,
      ready('False', 'cni plugin not initialized'),
      'cni plugin not initialized',
    ],
    ['one that has said nothing', node, { body: {} }, 'node w1 has not said anything yet'],
    ['enough pods', dns, deployment(2, 2), 'met'],
    ['too few', dns, deployment(2, 1), '1 of 2 pods of coredns are available'],
    ['none', dns, deployment(2), '0 of 2 pods of coredns are available'],
    ['an API server', condition({ id: 'api-server-ready' }), { body: 'ok' }, 'met'],
    [
      'one that is not yet',
      condition({ id: 'api-server-ready' }),
      { status: 500, body: 'etcd failed' },
      'GET /readyz: 500 etcd failed',
    ],
    [
      'administrators who may do everything',
      condition({ id: 'administrators-let-in' }),
      { body: { status: { allowed: true } } },
      'met',
    ],
    [
      'those of whom the API server has not heard yet',
      condition({ id: 'administrators-let-in' }),
      { body: { status: { allowed: false, reason: 'no binding' } } },
      'the group kubeadm:cluster-admins may not do everything yet',
    ],
    [
      'no controllers',
      condition({ id: 'controllers-lead' }),
      missing,
      'kube-controller-manager and kube-scheduler do not lead yet',
    ],
  ])('%s', async (_what, which, answer, said) => {
    expect(await conditionMet(which, () => answer)).toBe(said)
  })

  test.each<[string, number, readonly (readonly [string, boolean])[], string]>([
    [
      'one is on a host that is off',
      1,
      [
        ['cp1', true],
        ['w1', false],
      ],
      'met',
    ],
    [
      'one is on a host that is there',
      1,
      [
        ['w1', true],
        ['cp1', false],
      ],
      '1 of 2 pods of coredns are available',
    ],
    [
      'one has no place yet',
      1,
      [
        ['cp1', true],
        ['', false],
      ],
      '1 of 2 pods of coredns are available',
    ],
    [
      'all are on hosts that are off',
      0,
      [
        ['w1', false],
        ['w2', false],
      ],
      '0 of 2 pods of coredns are available',
    ],
  ])('too few pods: %s', async (_what, available, pods, said) => {
    const items = pods.map(([nodeName, is]) => ({
      metadata: { name: 'coredns' },
      spec: { nodeName },
      status: { conditions: [{ type: 'Ready', status: is ? 'True' : 'False' }] },
    }))
    const selector = { matchLabels: { 'k8s-app': 'kube-dns' } }
    const answer = ({ path, query }: Asked): Answer => {
      if (path.endsWith('/coredns'))
        return { body: { spec: { replicas: 2, selector }, status: { availableReplicas: available } } }
      const isAsked = query.get('labelSelector') === 'k8s-app=kube-dns'
      return path === '/api/v1/namespaces/kube-system/pods' && isAsked ? { body: { items } } : missing
    }
    expect(await conditionMet(dns, answer)).toBe(said)
  })

  const rootCa = condition({ id: 'root-ca-published', args: { caPem: 'of now' } })
  const namespace = (name: string, deletionTimestamp?: string) => ({
    metadata: { name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  })
  const published = (in_: string, ca?: string) => ({
    metadata: { name: 'kube-root-ca.crt', namespace: in_ },
    ...(ca === undefined ? {} : { data: { 'ca.crt': ca } }),
  })
  const none = (...names: readonly string[]) =>
    `${names.length} namespaces do not have it: ${names.join(', ')}`

  test.each<[string, readonly unknown[], readonly unknown[], string]>([
    [
      'all have it',
      [namespace('a'), namespace('b')],
      [published('a', 'of now'), published('b', 'of now')],
      'met',
    ],
    ['none has any', [namespace('a'), namespace('b')], [], none('a', 'b')],
    ['one has none', [namespace('a'), namespace('b')], [published('a', 'of now')], none('b')],
    [
      'one has another',
      [namespace('a'), namespace('b')],
      [published('a', 'of now'), published('b', 'old')],
      none('b'),
    ],
    ['one has an empty one', [namespace('a')], [published('a')], none('a')],
    [
      'one that goes has none',
      [namespace('a'), namespace('b', '2026-11-28T00:00:00Z')],
      [published('a', 'of now')],
      'met',
    ],
    ['there is no namespace', [], [], '0 namespaces do not have it: '],
    [
      'many have none',
      ['a', 'b', 'c', 'd'].map((name) => namespace(name)),
      [],
      '4 namespaces do not have it: a, b, c and others',
    ],
  ])('the CA in every namespace: %s', async (_what, namespaces, configMaps, said) => {
    const answer = ({ path, query }: Asked): Answer => {
      if (path === '/api/v1/namespaces') return { body: { items: namespaces } }
      const isAsked = query.get('fieldSelector') === 'metadata.name=kube-root-ca.crt'
      return path === '/api/v1/configmaps' && isAsked ? { body: { items: configMaps } } : missing
    }
    expect(await conditionMet(rootCa, answer)).toBe(said)
  })
})
