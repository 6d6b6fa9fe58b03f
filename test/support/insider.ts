/** Pods of a user of a lab's cluster: one that uses the API from inside, and some that do nothing. Takes the log of the one; gives how it fared. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTool } from '../../src/bundle/run-tool.ts'
import { compilerFlags, goCaches } from '../../src/bundle/sources/go.ts'
import type { Gap, Traffic } from './api-traffic.ts'

const image = 'ghcr.io/flannel-io/flannel:v0.28.4'

/** Where the host that it runs on has the program. */
export const insiderPath = '/opt/insider'

/** Without C, it runs in any image. The flags are those of bundles, with which the packages of Go itself were compiled before. */
export const insiderProgram = async (folder: string): Promise<string> => {
  const file = join(folder, 'insider')
  await runTool('go', ['build', ...compilerFlags(), '-ldflags=-s -w', '-o', file, 'main.go'], {
    cwd: fileURLToPath(new URL('../fixtures/insider', import.meta.url)),
    env: { ...process.env, ...goCaches(), CGO_ENABLED: '0' },
  })
  return file
}

const insider = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'insider' },
  spec: {
    nodeName: 'w1',
    containers: [
      {
        name: 'insider',
        image,
        command: [insiderPath],
        volumeMounts: [{ name: 'program', mountPath: insiderPath, readOnly: true }],
      },
    ],
    volumes: [{ name: 'program', hostPath: { path: insiderPath, type: 'File' } }],
  },
}

const mayLook = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'insider' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
}

const bystanders = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'bystander' },
  spec: {
    selector: { matchLabels: { app: 'bystander' } },
    template: {
      metadata: { labels: { app: 'bystander' } },
      spec: {
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: 'bystander', image, command: ['/bin/busybox', 'sleep', '1000000'] }],
      },
    },
  },
}

const what = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'traffic' } }

/** For `kubectl apply`. The insider wants its program on w1. */
export const usersObjects = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [what, mayLook, insider, bystanders],
})

export type Saw = { readonly second: number; readonly works: boolean; readonly why: string }

export const readInsider = (log: string): readonly Saw[] =>
  log.split('\n').flatMap((line) => {
    const [, second, kind, why = ''] = /^(\d+) (ok|no)(?: (.*))?$/.exec(line) ?? []
    return second === undefined ? [] : [{ second: Number(second), works: kind === 'ok', why }]
  })

/** From the first time that it did not work to the next that it did. */
export const insiderTraffic = (saw: readonly Saw[]): Traffic => {
  const gaps: Gap[] = []
  let since: Saw | undefined
  for (const each of saw) {
    if (!each.works) since ??= each
    if (each.works && since) {
      gaps.push({ at: since.second * 1000, seconds: each.second - since.second, why: since.why })
      since = undefined
    }
  }
  if (since) gaps.push({ at: since.second * 1000, seconds: Number.POSITIVE_INFINITY, why: since.why })
  return { used: saw.length, gaps }
}
