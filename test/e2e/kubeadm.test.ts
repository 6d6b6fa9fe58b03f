/** The real kubeadm at a cluster of ours: it joins a host by the command that we print, and understands our certificates. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { carryFile } from '../support/carry-slipway.ts'
import { kubeadmBinary } from '../support/kubeadm.ts'
import { useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { slipway } from '../support/slipway.ts'

const lab = useLab({ workers: 1 })

/** What kubeadm's own packages bring to a host beside the binaries: the kubelet's unit, and kubeadm's drop-in. */
const units = ['kubelet.service', 'kubelet.service.d/10-kubeadm.conf'] as const

const placeUnit = async (unit: string): Promise<void> => {
  const path = `/etc/systemd/system/${unit}`
  const text = await readFile(fileURLToPath(new URL(`../../templates${path}`, import.meta.url)), 'utf8')
  await onHost(lab(), 'w1', `mkdir -p ${path.replace(/\/[^/]*$/, '')} && cat >${path}`, text)
}

const run = async (...args: readonly string[]): Promise<void> => {
  const { code, stderr } = await slipway(...args, '-c', lab().clusterFile)
  if (code !== 0) throw new Error(stderr)
}

beforeAll(async () => {
  await createBundle({ kubernetes: '1.37.1', arch: 'amd64', say: console.log })
  const kubeadm = await kubeadmBinary()
  await run('init')
  for (const host of ['cp1', 'w1']) {
    await carryFile(lab(), host, kubeadm, '/usr/bin/kubeadm')
    await onHost(lab(), host, 'chmod 755 /usr/bin/kubeadm')
  }
  // A host as kubeadm wants to find it: prepared, with a container runtime, the images, and the kubelet's unit.
  for (const phase of ['host-prep', 'runtime', 'images']) await run('phase', 'run', phase, '--host', 'w1')
  for (const unit of units) await placeUnit(unit)
  await onHost(lab(), 'w1', 'systemctl daemon-reload && systemctl enable kubelet')
})

describe('the real kubeadm', () => {
  test('joins a host by the command that we print', async () => {
    const printed = await slipway(
      'token',
      'create',
      '-c',
      lab().clusterFile,
      '--print-join-command',
      'kubeadm',
    )
    expect(printed.stdout).toMatch(
      /^kubeadm join \S+:6443 --token \S+ --discovery-token-ca-cert-hash sha256:\S+\n$/,
    )
    // Of a lab host kubeadm cannot see the kernel's configuration; nothing else is passed over.
    const said = await onHost(
      lab(),
      'w1',
      `${printed.stdout.trim()} --ignore-preflight-errors=SystemVerification`,
    )
    expect(said).toContain('This node has joined the cluster')
    await eventually('the node is Ready', async () =>
      expect(await kubectl(lab(), 'get node w1 --no-headers')).toMatch(/^w1\s+Ready/),
    )
  })

  test('a pod on that node runs and finds the API by its name', async () => {
    const pod = `
apiVersion: v1
kind: Pod
metadata: { name: asker }
spec:
  nodeName: w1
  containers:
    - name: asker
      image: ghcr.io/flannel-io/flannel:v0.28.4
      command: [/bin/busybox, sleep, '3600']
`
    await kubectl(lab(), 'apply -f -', pod)
    const answer = await eventually('DNS in the pod', () =>
      kubectl(lab(), 'exec asker -- /bin/busybox nslookup kubernetes.default.svc.cluster.local'),
    )
    expect(answer).toContain('10.96.0.1')
    await kubectl(lab(), 'delete pod asker --now')
  })

  test('understands our certificates and says when each expires', async () => {
    const table = await onHost(lab(), 'cp1', 'kubeadm certs check-expiration')
    expect(table).toContain('[check-expiration] Reading configuration from the "kubeadm-config" ConfigMap')
    const rows = table.split('\n').filter((line) => /^(\S+)\s+[A-Z][a-z]{2} \d\d, \d{4}/.test(line))
    expect(rows.map((line) => line.split(/\s+/)[0])).toEqual([
      ...['admin.conf', 'apiserver', 'apiserver-etcd-client', 'apiserver-kubelet-client'],
      ...['controller-manager.conf', 'etcd-healthcheck-client', 'etcd-peer', 'etcd-server'],
      ...['front-proxy-client', 'scheduler.conf'],
      ...['ca', 'etcd-ca', 'front-proxy-ca'],
    ])
    expect(rows.filter((line) => !line.endsWith('no      '))).toEqual([])
  })

  test('lists our tokens as its own', async () => {
    const { stdout } = await slipway('token', 'create', '-c', lab().clusterFile)
    const listed = await onHost(lab(), 'cp1', 'kubeadm token list --kubeconfig /etc/kubernetes/admin.conf')
    expect(listed).toContain(stdout.trim())
    expect(listed).toContain('system:bootstrappers:kubeadm:default-node-token')
  })
})
