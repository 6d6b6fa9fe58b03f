/**
 * Clients that use the API all the time, to see what a change of the cluster takes from them. Takes how to use it once; gives how
 * often it did not work, and for how long at a time.
 */
import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { readKubeconfig } from '../../src/pki/read-kubeconfig.ts'

export type Gap = { readonly seconds: number; readonly why: string }

export type Traffic = { readonly used: number; readonly gaps: readonly Gap[] }

/** One use, every tenth of a second, until it is told to stop. A gap lasts from the first failure to the next success. */
export const keepUsing = (use: (nth: number) => Promise<void>): { readonly stop: () => Promise<Traffic> } => {
  const state: { used: number; gaps: Gap[]; since?: { at: number; why: string }; stopped: boolean } = {
    used: 0,
    gaps: [],
    stopped: false,
  }
  const ended = (async () => {
    while (!state.stopped) {
      const at = Date.now()
      try {
        await use(state.used++)
        if (state.since)
          state.gaps.push({ seconds: (Date.now() - state.since.at) / 1000, why: state.since.why })
        delete state.since
      } catch (error) {
        state.since ??= { at, why: error instanceof Error ? error.message : String(error) }
      }
      await sleep(Math.max(0, 100 - (Date.now() - at)))
    }
  })()
  return {
    stop: async () => {
      state.stopped = true
      await ended
      if (state.since) state.gaps.push({ seconds: Number.POSITIVE_INFINITY, why: state.since.why })
      return { used: state.used, gaps: state.gaps }
    },
  }
}

/** Reads and writes in turn, each over a connection of its own, with the kubeconfig as it is just now: as kubectl would. */
export const readAndWrite =
  (kubeconfig: string) =>
  async (nth: number): Promise<void> => {
    const read = readKubeconfig(await readFile(kubeconfig, 'utf8'))
    if (!read) throw new Error(`${kubeconfig} is no kubeconfig`)
    const body = nth % 2 === 0 ? undefined : JSON.stringify({ data: { written: String(nth) } })
    await new Promise<void>((resolve, reject) => {
      const sent = request(
        new URL('/api/v1/namespaces/default/configmaps/traffic', read.server),
        {
          agent: false,
          ca: read.caPem,
          cert: read.certPem,
          key: read.keyPem,
          method: body === undefined ? 'GET' : 'PATCH',
          timeout: 2000,
          headers: body === undefined ? {} : { 'Content-Type': 'application/merge-patch+json' },
        },
        (answer) => {
          answer
            .resume()
            .on('end', () =>
              answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`)),
            )
        },
      )
      sent.on('timeout', () => sent.destroy(new Error('no answer')))
      sent.on('error', reject)
      sent.end(body)
    })
  }

/**
 * A pod that uses the API from inside, in a program that reads whom to trust each time, and says the second of what it saw. All is
 * said to kubectl: given a timeout, it no longer looks for what the pod has.
 */
export const insider = `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: insider }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: default, namespace: default }]
---
apiVersion: v1
kind: Pod
metadata: { name: insider }
spec:
  nodeName: w1
  containers:
    - name: insider
      image: ghcr.io/flannel-io/flannel:v0.28.4
      command:
        - /bin/busybox
        - sh
        - -c
        - 'own=/var/run/secrets/kubernetes.io/serviceaccount; while :; do if /kubectl --server=https://$KUBERNETES_SERVICE_HOST --certificate-authority=$own/ca.crt --token=$(/bin/busybox cat $own/token) --request-timeout=2s get configmap traffic -o name >/dev/null 2>/tmp/why; then r=ok; else r="no $(/bin/busybox tail -n 1 /tmp/why)"; fi; echo "$(/bin/busybox date +%s) $r"; /bin/busybox sleep 0.3; done'
      volumeMounts: [{ name: kubectl, mountPath: /kubectl, readOnly: true }, { name: tmp, mountPath: /tmp }]
  volumes:
    - { name: kubectl, hostPath: { path: /usr/bin/kubectl, type: File } }
    - { name: tmp, emptyDir: {} }
`

/** From its log: seconds between the last time it worked and the next. */
export const insiderGaps = (log: string): Traffic => {
  const lines = log
    .trim()
    .split('\n')
    .map((line) => /^(\d+) (ok|no)(?: (.*))?$/.exec(line))
  const gaps: Gap[] = []
  let since: { readonly at: number; readonly why: string } | undefined
  for (const line of lines) {
    const [, second = '0', kind, why = ''] = line ?? []
    if (kind === 'no') since ??= { at: Number(second), why }
    if (kind === 'ok' && since) gaps.push({ seconds: Number(second) - since.at, why: since.why })
    if (kind === 'ok') since = undefined
  }
  if (since) gaps.push({ seconds: Number.POSITIVE_INFINITY, why: since.why })
  return { used: lines.length, gaps }
}

export const describeGaps = (who: string, { used, gaps }: Traffic): string =>
  `${who}: ${used} uses, ${gaps.length} gaps: ${gaps.map(({ seconds, why }) => `${seconds.toFixed(1)} s (${why.slice(0, 60)})`).join(', ') || 'none'}`
