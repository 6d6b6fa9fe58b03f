/** Where each kind lives, and how an object is brought to the wanted state without taking what is others'. */
import { beforeAll, describe, expect, test } from 'vitest'
import { applyObject, deleteObject, objectName, objectPath, readObject } from '../../../src/api/objects.ts'
import type { KubeObject, ObjectRef } from '../../../src/api/types.ts'
import { UserError } from '../../../src/errors.ts'
import type { OwnAuthorities } from '../../../src/pki/authorities.ts'
import { type Answer, type Asked, apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

const made: { ours?: OwnAuthorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(clusterConfig(), new Date())
})

const serving = async (answer: (asked: Asked) => Answer) => {
  if (!made.ours) throw new Error('not made yet')
  const server = await apiServer(made.ours.ca, answer)
  return { server, api: server.client() }
}

const missing: Answer = { status: 404, body: { message: 'not found' } }

const ref = (apiVersion: string, kind: string, name: string, namespace?: string): ObjectRef => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
})

const certificates: Answer = {
  body: {
    resources: [
      { name: 'certificates/status', kind: 'Certificate', namespaced: true },
      { name: 'certificates', kind: 'Certificate', namespaced: true },
      { name: 'clusterissuers', kind: 'ClusterIssuer', namespaced: false },
    ],
  },
}

describe('the path of', () => {
  test.each([
    [ref('v1', 'ConfigMap', 'a', 'kube-system'), '/api/v1/namespaces/kube-system/configmaps/a'],
    [ref('v1', 'ConfigMap', 'a'), '/api/v1/namespaces/default/configmaps/a'],
    [ref('v1', 'Node', 'w1'), '/api/v1/nodes/w1'],
    [ref('v1', 'Node', 'w1', 'ignored'), '/api/v1/nodes/w1'],
    [ref('apps/v1', 'DaemonSet', 'p', 'n'), '/apis/apps/v1/namespaces/n/daemonsets/p'],
    [
      ref('rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:node-proxier'),
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode-proxier',
    ],
    [ref('v1', 'Secret', '../../nodes', 'a/b'), '/api/v1/namespaces/a%2Fb/secrets/..%2F..%2Fnodes'],
    [
      ref('cert-manager.io/v1', 'Certificate', 'c', 'n'),
      '/apis/cert-manager.io/v1/namespaces/n/certificates/c',
    ],
    [ref('cert-manager.io/v1', 'ClusterIssuer', 'c'), '/apis/cert-manager.io/v1/clusterissuers/c'],
  ])('%j', async (of, path) => {
    const { api } = await serving(() => certificates)
    expect(await objectPath(api, of)).toBe(path)
  })

  test.each([
    ['a group', missing],
    ['a kind', certificates],
  ])('%s that the cluster does not know is the user’s to mend', async (_what, answer) => {
    const { api } = await serving(() => answer)
    const asking = objectPath(api, ref('cert-manager.io/v1', 'Issuer', 'i'))
    await expect(asking).rejects.toThrow('the cluster does not know the kind Issuer in cert-manager.io/v1')
    await expect(asking).rejects.toBeInstanceOf(UserError)
  })
})

test('names are said as people say them', () => {
  expect(objectName(ref('v1', 'Node', 'w1'))).toBe('Node w1')
  expect(objectName(ref('v1', 'Secret', 's', 'kube-system'))).toBe('Secret kube-system/s')
})

/** A server that has one object, and gives it a new version when what is sent differs. */
const oneObject = (standing: KubeObject | undefined, changes: boolean) => {
  const versioned = (version: number, object: KubeObject | undefined) => ({
    ...object,
    metadata: { ...object?.metadata, resourceVersion: String(version) },
  })
  return ({ method, body, query }: Asked): Answer => {
    if (method === 'GET') return standing ? { body: versioned(1, standing) } : missing
    if (method === 'DELETE') return standing ? { body: { kind: 'Status' } } : missing
    const dry = query.get('dryRun') === 'All'
    return { body: versioned(changes && !dry ? 2 : 1, changes ? (body as KubeObject) : standing) }
  }
}

const before: KubeObject = { ...ref('v1', 'ConfigMap', 'a', 'kube-system'), data: { key: 'old' } }
const after: KubeObject = { ...before, data: { key: 'new' } }

describe('applying', () => {
  test.each([
    ['what is not there', undefined, after, true, 'changed'],
    ['what is otherwise', before, after, true, 'changed'],
    ['what is so', before, before, false, 'unchanged'],
  ] as const)('%s, for real and to look', async (_what, standing, wanted, changes, status) => {
    const { server, api } = await serving(oneObject(standing, changes))
    for (const dryRun of [true, false]) {
      const applied = await applyObject(api, wanted, { dryRun })
      expect(applied.status).toBe(status)
    }
    const patches = server.asked.filter(({ method }) => method === 'PATCH')
    expect(patches.map(({ query }) => query.get('dryRun'))).toEqual(['All', null])
  })

  test('what only the server keeps account of is no change', async () => {
    const kept = { managedFields: [{ manager: 'x' }], generation: 7, uid: 'u', creationTimestamp: 't' }
    const { api } = await serving(({ method }) => ({
      body: { ...before, metadata: { ...before.metadata, ...(method === 'GET' ? {} : kept) } },
    }))
    expect((await applyObject(api, before, { dryRun: true })).status).toBe('unchanged')
  })

  test('is by server-side apply as slipway', async () => {
    const { server, api } = await serving(oneObject(undefined, true))
    await applyObject(api, after, { dryRun: false })
    const [patch] = server.asked.filter(({ method }) => method === 'PATCH')
    expect(patch).toMatchObject({ contentType: 'application/apply-patch+yaml' })
    expect(patch?.query.get('fieldManager')).toBe('slipway')
    expect(patch?.query.get('force')).toBe('true')
  })
})

test('deleting says whether there was anything', async () => {
  const there = await serving(oneObject(before, true))
  expect(await deleteObject(there.api, before)).toBe('changed')
  const gone = await serving(oneObject(undefined, true))
  expect(await deleteObject(gone.api, before)).toBe('unchanged')
})

test.each([403, 500])('an answer %i is not taken for “not there”', async (status) => {
  const { api } = await serving(() => ({ status, body: { message: 'no' } }))
  await expect(readObject(api, before)).rejects.toMatchObject({ status })
  await expect(deleteObject(api, before)).rejects.toMatchObject({ status })
})
