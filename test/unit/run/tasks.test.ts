/** Objects of one task, in an order that a cluster can take. */
import { expect, test } from 'vitest'
import { type ApiClient, ApiError } from '../../../src/api/client.ts'
import type { KubeObject } from '../../../src/api/types.ts'
import { objects } from '../../../src/plan/tasks.ts'
import { doTask, type TaskContext } from '../../../src/run/tasks.ts'
import { shellHost } from '../../support/shell-host.ts'

/** As an API server: nothing can be made in a namespace that is not there, and it takes a while to make one. */
const apiWithNamespaces = (): ApiClient => {
  const made = new Set<string>()
  const request: ApiClient['request'] = async (method, path) => {
    if (method === 'GET') throw new ApiError(404, 'not found')
    const [, namespace, rest] = /\/namespaces\/([^/?]+)(\/[^?]*)?/.exec(path) ?? []
    if (rest !== undefined && !made.has(namespace ?? ''))
      throw new ApiError(404, `namespaces "${namespace}" not found`)
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (namespace !== undefined && rest === undefined) made.add(namespace)
    return { apiVersion: 'v1', kind: 'Any', metadata: { name: 'any', resourceVersion: '1' } } as never
  }
  return { request, text: () => Promise.resolve('ok'), close: () => undefined }
}

const object = (kind: string, name: string, namespace?: string): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
})

test('a namespace is made before what goes into it, wherever it stands in the list', async () => {
  const api = apiWithNamespaces()
  const said: string[] = []
  const context: TaskContext = {
    phase: 'addon',
    host: shellHost('dash'),
    api: async () => api,
    blobs: {
      read: () => {
        throw new Error('no blob is wanted')
      },
    },
    emit: (event) => {
      if (event.kind === 'step') said.push(event.step)
    },
    connected: new Set(),
    surveyed: () => undefined,
    wait: async () => undefined,
  }
  const task = objects([
    object('ServiceAccount', 'flannel', 'kube-flannel'),
    object('Namespace', 'kube-flannel'),
  ])
  expect(await doTask(task, context)).toEqual({ changed: 2, unchanged: 0, pending: 0 })
  expect(said.toSorted()).toEqual(['Namespace kube-flannel', 'ServiceAccount kube-flannel/flannel'])
})
