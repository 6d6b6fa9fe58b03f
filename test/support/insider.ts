/** Pods of a user of a lab's cluster: one that uses the API from inside, and some that do nothing. Takes the log of the one; gives how it fared. */
import type { Gap, Traffic } from './api-traffic.ts'

const image = 'ghcr.io/flannel-io/flannel:v0.28.4'

/** Once: reads the file of whom to trust each time, and says the second of what it saw. */
const useApi = `if /kubectl --server=https://$KUBERNETES_SERVICE_HOST --certificate-authority=$own/ca.crt --token=$(/bin/busybox cat $own/token) --request-timeout=2s get configmap traffic -o name >/dev/null 2>/tmp/why
  then r=ok; else r="no $(/bin/busybox tail -n 1 /tmp/why)"; fi
  echo "$(/bin/busybox date +%s) $r"`

/** All is said to kubectl: given a timeout, it no longer looks for what the pod has. */
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
        command: [
          ...['/bin/busybox', 'sh', '-c'],
          `own=/var/run/secrets/kubernetes.io/serviceaccount; while :; do ${useApi}; /bin/busybox sleep 0.3; done`,
        ],
        volumeMounts: [
          { name: 'kubectl', mountPath: '/kubectl', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'kubectl', hostPath: { path: '/usr/bin/kubectl', type: 'File' } },
      { name: 'tmp', emptyDir: {} },
    ],
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

/** For `kubectl apply`. The insider wants kubectl on w1. */
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
