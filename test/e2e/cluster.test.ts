/** Three bare hosts become a cluster that works: nodes, DNS, Services across nodes, logs and exec; and a second run changes nothing. */
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { type Ended, slipway } from '../support/slipway.ts'

const lab = useLab({ workers: 2 })
const nodes = ['cp1', 'w1', 'w2'] as const

// The shell and web server of busybox are in the image that every node has already: the test brings none.
const webServers = `
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      tolerations: [{ operator: Exists }]
      containers:
        - name: web
          image: ghcr.io/flannel-io/flannel:v0.28.4
          command: [/bin/busybox, sh, -c, 'mkdir /w && echo "$NODE" >/w/index.html && echo serving && exec /bin/busybox httpd -f -p 8080 -h /w']
          env: [{ name: NODE, valueFrom: { fieldRef: { fieldPath: spec.nodeName } } }]
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  selector: { app: web }
  ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }]
`

type Installed = { readonly first: Ended; readonly second: Ended }
const seen: { installed?: Installed } = {}

beforeAll(async () => {
  await createBundle({
    kubernetes: '1.37.1',
    arches: ['amd64'],
    say: (line) => process.stdout.write(`${line}\n`),
  })
  const first = await slipway('apply', '-c', lab().clusterFile)
  const second = await slipway('apply', '-c', lab().clusterFile)
  seen.installed = { first, second }
})

const podOn = async (node: string): Promise<string> =>
  (await kubectl(lab(), `get pods -l app=web --field-selector spec.nodeName=${node} -o name`)).trim()

describe('a cluster from three bare hosts', () => {
  test('apply ends well and says what to do next', () => {
    expect(seen.installed?.first.stdout).toContain('Done in')
    expect(seen.installed?.first.stdout).toContain('kubectl --kubeconfig')
    expect(seen.installed?.first.code).toBe(0)
  })

  test('a second apply changes nothing and says so', () => {
    expect(seen.installed?.second.stdout).toContain('Nothing to do')
    expect(seen.installed?.second.stderr).not.toContain('changed')
    expect(seen.installed?.second.code).toBe(0)
  })

  test('every node is Ready, with its own address', async () => {
    const lines = (await kubectl(lab(), 'get nodes --no-headers -o wide')).trim().split('\n')
    expect(lines.map((line) => line.split(/\s+/).slice(0, 2))).toEqual(nodes.map((name) => [name, 'Ready']))
    for (const { name, address } of lab().hosts)
      expect(lines.find((line) => line.startsWith(name))).toContain(` ${address} `)
  })

  test('DNS answers in a pod on each node; a Service and a NodePort reach pods on all nodes; logs and exec work', async () => {
    await kubectl(lab(), 'apply -f -', webServers)
    await kubectl(lab(), 'rollout status daemonset/web --timeout=120s')
    for (const node of nodes) {
      const pod = await podOn(node)
      expect(await kubectl(lab(), `logs ${pod}`)).toBe('serving\n')
      const answer = await eventually(`DNS on ${node}`, () =>
        kubectl(lab(), `exec ${pod} -- /bin/busybox nslookup web.default.svc.cluster.local`),
      )
      expect(answer).toContain('web.default.svc.cluster.local')
      const many =
        'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do /bin/busybox wget -qO- http://web; done'
      const answers = await kubectl(lab(), `exec ${pod} -- /bin/busybox sh -c '${many}'`)
      expect(new Set(answers.trim().split('\n')).size).toBeGreaterThan(1)
    }
    const [first] = lab().hosts
    const port = `exec 3<>/dev/tcp/${first?.address ?? ''}/30080; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3`
    expect(await onHost(lab(), 'w2', `bash -c '${port}'`)).toMatch(/cp1|w1|w2/)
  })

  test('no host keeps what is a secret of a run, and none is world-readable', async () => {
    for (const node of nodes) {
      expect(await onHost(lab(), node, 'ls -d /run/slipway.* 2>/dev/null || true')).toBe('')
      expect(
        await onHost(
          lab(),
          node,
          'find /etc/kubernetes -name "*.key" -perm /077; find /etc/kubernetes -name "*.conf" -perm /077',
        ),
      ).toBe('')
      expect(
        await onHost(
          lab(),
          node,
          'ls /etc/kubernetes/super-admin.conf /etc/kubernetes/bootstrap-kubelet.conf 2>/dev/null || true',
        ),
      ).toBe('')
    }
  })

  test('plan finds nothing to do and touches nothing', async () => {
    const { code, stdout } = await slipway('plan', '-c', lab().clusterFile)
    expect(stdout).toContain('Nothing to do')
    expect(code).toBe(0)
  })

  test('a token is made, listed without its secret, and deleted', async () => {
    const file = ['-c', lab().clusterFile]
    const made = await slipway('token', 'create', ...file, '--print-join-command')
    expect(made.stdout).toMatch(
      /^slipway join \S+:6443 --token [a-z0-9]{6}\.[a-z0-9]{16} --discovery-token-ca-cert-hash sha256:[0-9a-f]{64}/,
    )
    const [, id = '', secret = ''] = /--token ([a-z0-9]{6})\.([a-z0-9]{16})/.exec(made.stdout) ?? []
    const listed = await slipway('token', 'list', ...file)
    expect(listed.stdout).toContain(id)
    expect(listed.stdout).not.toContain(secret)
    expect((await slipway('token', 'delete', id, ...file)).code).toBe(0)
    expect((await slipway('token', 'list', ...file)).stdout).not.toContain(id)
  })

  test('what was changed by hand is shown line by line, put right, and only that', async () => {
    await onHost(lab(), 'w1', 'echo "# mine" >>/etc/sysctl.d/90-slipway.conf; rm /opt/cni/bin/portmap')
    await onHost(lab(), 'w2', "sed -i 's/ w1$/ w9/' /etc/hosts")
    const config = JSON.stringify({ data: { kubelet: 'of somebody else' } })
    await kubectl(lab(), `-n kube-system patch configmap kubelet-config -p '${config}'`)
    const plan = await slipway('plan', '-c', lab().clusterFile)
    expect(plan.code).toBe(3)
    expect(plan.stdout).toContain('-# mine')
    expect(plan.stdout).toMatch(/^\s*-\S+ w9$/m)
    expect(plan.stdout).toMatch(/^\s*- {2}kubelet: of somebody else$/m)
    expect(plan.stdout).toMatch(/^\s*\+ {4}kind: KubeletConfiguration$/m)
    const mended = await slipway('apply', '-c', lab().clusterFile)
    expect(mended.code).toBe(0)
    expect(mended.stdout).toContain('4 changed')
  })
})
