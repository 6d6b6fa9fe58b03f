/**
 * Three bare hosts become a cluster that works: nodes, DNS, Services across nodes, logs and exec; and a second run changes nothing.
 * From these hosts nothing leads anywhere but to each other and, for what users run, to a proxy that tells what it was asked for.
 */
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts'
import { useLab } from '../support/lab.ts'
import { layerWith } from '../support/layer.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { alice, startRegistry } from '../support/registry.ts'
import { pushWithSkopeo } from '../support/registry-image.ts'
import { serverCertificate } from '../support/server-certificate.ts'
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

/** The same pods under another name: it answers once kube-proxy has heard of it. */
const anotherService = `
apiVersion: v1
kind: Service
metadata: { name: another }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
`

type CrictlImages = { readonly images: readonly { readonly pinned: boolean }[] }

type Installed = { readonly first: Ended; readonly second: Ended }
const seen: { installed?: Installed; proxy?: ConnectProxy } = {}

/** Names that only the proxy knows, and the ports here that they lead to. */
const outside: Record<string, number> = {}
const ends: (() => Promise<void>)[] = []
afterAll(() => Promise.all(ends.map((end) => end())))

const proxy = (): ConnectProxy => {
  if (!seen.proxy) throw new Error('there is no proxy yet')
  return seen.proxy
}

/** A default route to nobody: without any, not even the addresses of Services would be sent on their way. */
const cutOff = async (): Promise<void> => {
  const subnet = lab().subnet.replace(/0\/24$/, '')
  await Promise.all(nodes.map((node) => onHost(lab(), node, `ip route replace default via ${subnet}254`)))
  const address = `${subnet}1`
  seen.proxy = await startConnectProxy(outside, { address, atEnd: (end) => ends.push(end) })
  const url = seen.proxy.origin.href
  await appendFile(lab().clusterFile, `\nproxy: { http: "${url}", https: "${url}" }\n`)
}

beforeAll(async () => {
  await cutOff()
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

  test('a kube-proxy that is started again leaves the Services that there are', async () => {
    const askedFrom = async (node: string, service: string): Promise<string> => {
      const address = await kubectl(lab(), `get service ${service} -o 'jsonpath={.spec.clusterIP}'`)
      const ask = `exec 3<>/dev/tcp/${address}/80; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3`
      return onHost(lab(), node, `timeout 10 bash -c '${ask}'`)
    }
    for (const node of nodes) expect(await askedFrom(node, 'web')).toMatch(/cp1|w1|w2/)
    await kubectl(lab(), '-n kube-system delete pods -l k8s-app=kube-proxy')
    await kubectl(lab(), '-n kube-system rollout status daemonset/kube-proxy --timeout=120s')
    await kubectl(lab(), 'apply -f -', anotherService)
    for (const node of nodes) {
      // What is in the kernel outlives a kube-proxy: only the new Service shows that the new one has written there.
      await eventually(`another Service on ${node}`, async () =>
        expect(await askedFrom(node, 'another')).toMatch(/cp1|w1|w2/),
      )
      expect(await askedFrom(node, 'web')).toMatch(/cp1|w1|w2/)
    }
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

  test('nobody outside was asked for anything, and every image is there to stay', async () => {
    expect(proxy().asked).toEqual([])
    const { images } = JSON.parse(await onHost(lab(), 'w1', 'crictl images -o json')) as CrictlImages
    expect(images.length).toBeGreaterThan(3)
    expect(images.filter(({ pinned }) => !pinned)).toEqual([])
  })

  test('plan finds nothing to do and touches nothing', async () => {
    const { code, stdout } = await slipway('plan', '-c', lab().clusterFile)
    expect(stdout).toContain('Nothing to do')
    expect(code).toBe(0)
  })

  test('a node that somebody has cordoned stays so', async () => {
    const taints = () => kubectl(lab(), `get node w1 -o 'jsonpath={.spec.taints[*].key}'`)
    await kubectl(lab(), 'cordon w1')
    await kubectl(lab(), 'label node w1 node-role.kubernetes.io/worker-')
    await eventually('w1 is tainted', async () =>
      expect(await taints()).toBe('node.kubernetes.io/unschedulable'),
    )
    const mended = await slipway('apply', '-c', lab().clusterFile)
    expect(mended.stdout).toContain('1 changed')
    expect(await taints()).toBe('node.kubernetes.io/unschedulable')
    expect(await kubectl(lab(), 'get node w1 --no-headers')).toMatch(/Ready,SchedulingDisabled\s+worker/)
    await kubectl(lab(), 'uncordon w1')
    await eventually('w1 is open again', async () => expect(await taints()).toBe(''))
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

/** Shows the file of an image that no node has: `image` is pulled as any other. */
const podWith = (name: string, image: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: w1
  terminationGracePeriodSeconds: 0
  containers:
    - name: shell
      image: ghcr.io/flannel-io/flannel:v0.28.4
      command: [/bin/busybox, sh, -c, '/bin/busybox cat /image/greeting && exec /bin/busybox sleep 1000000']
      volumeMounts: [{ name: image, mountPath: /image }]
  volumes: [{ name: image, image: { reference: ${image} } }]
`

describe('images that are not in the bundle', () => {
  test('come from a mirror of their registry, through the proxy, by a private CA and a login; nothing is restarted for it', async () => {
    const tls = serverCertificate('mirror.example.test')
    const registry = await startRegistry({ tls, login: true })
    outside['mirror.example.test:443'] = registry.port
    const layers = { amd64: [layerWith('greeting', 'hello\n')] }
    pushWithSkopeo(registry, { repository: 'hub/library/greeting', tag: '1', layers }, alice)

    const password = join(dirname(lab().clusterFile), 'password')
    const clusterFile = join(dirname(lab().clusterFile), 'with-mirror.yaml')
    const section = `
registry:
  mirrors: { docker.io: [{ endpoint: https://mirror.example.test/v2/hub, overridePath: true }] }
  credentials: { mirror.example.test: { user: ${alice.user}, passwordFile: ./password } }
  caFile: ${tls.ca}
`
    await writeFile(clusterFile, `${await readFile(lab().clusterFile, 'utf8')}${section}`)
    const started = () => onHost(lab(), 'w1', 'systemctl show -p ExecMainStartTimestampMonotonic containerd')
    const before = await started()
    const writePassword = (text: string) => writeFile(password, `${text}\n`, { mode: 0o600 })

    await writePassword('open barley')
    const wrong = await slipway('apply', '-c', clusterFile)
    expect(wrong.code).toBe(0)
    await kubectl(lab(), 'apply -f -', podWith('refused', 'greeting:1'))
    await eventually('the refusal of the registry', async () =>
      expect(await kubectl(lab(), `get events -o 'jsonpath={.items[*].message}'`)).toMatch(
        /greeting:1.*no basic auth credentials/,
      ),
    )

    await writePassword(alice.password)
    const plan = await slipway('plan', '-c', clusterFile)
    expect(plan.stdout).toMatch(/write .*docker\.io\/hosts\.toml \(secret/)
    const right = await slipway('apply', '-c', clusterFile)
    expect(right.code).toBe(0)
    await kubectl(lab(), 'apply -f -', podWith('greeting', 'greeting:1'))
    await eventually('the greeting', async () =>
      expect(await kubectl(lab(), 'logs greeting')).toBe('hello\n'),
    )
    expect(proxy().asked).toContain('mirror.example.test:443')
    expect(await started()).toBe(before)

    const files = '/etc/containerd/certs.d/docker.io/hosts.toml'
    expect(await onHost(lab(), 'w1', `stat -c %a ${files}`)).toBe('600\n')
    const login = Buffer.from(`${alice.user}:${alice.password}`).toString('base64')
    for (const { stdout, stderr } of [wrong, plan, right]) {
      expect(stdout + stderr).not.toContain(alice.password)
      expect(stdout + stderr).not.toContain(login)
    }

    expect((await slipway('apply', '-c', lab().clusterFile)).code).toBe(0)
    expect(await onHost(lab(), 'w1', 'find /etc/containerd -newer /etc/containerd/config.toml -type f')).toBe(
      '',
    )
    expect(await started()).toBe(before)
  })
})
