/**
 * The real kubeadm at a cluster of ours: it joins a host by the command that we print, and understands what is there as its own. And
 * beside a cluster of its own, made on another host from the same programs, images and settings: what is different is in the table.
 * Last, a host joins itself as with kubeadm, by slipway alone.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { differences, runningDifferences } from '../golden/differences.ts'
import { declares, differencesBetween, type Found } from '../support/compare.ts'
import { carryKubeadm, ignored, kubeadmInit, onCluster, prepareForKubeadm } from '../support/kubeadm-host.ts'
import { runningCluster } from '../support/kubeadm-running.ts'
import { useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { joiningItself } from './kubeadm/joining-itself.ts'

const lab = useLab({ workers: 2 })
const kubeadmLab = useLab({ workers: 0 })

beforeAll(async () => {
  await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
  await Promise.all([onCluster(lab(), 'init'), kubeadmInit(kubeadmLab())])
  await Promise.all([carryKubeadm(lab(), 'cp1'), prepareForKubeadm(lab(), 'w1')])
})

describe('a cluster of ours and one of kubeadm’s', () => {
  const seen: { found: readonly Found[] } = { found: [] }
  beforeAll(async () => {
    const token = (await onCluster(lab(), 'token', 'create')).trim()
    await onHost(kubeadmLab(), 'cp1', `kubeadm token create ${token}`)
    const [theirs, ours] = await Promise.all([kubeadmLab(), lab()].map((each) => runningCluster(each, token)))
    if (!theirs || !ours) throw new Error('two clusters were read')
    expect(theirs.size).toBeGreaterThan(40)
    seen.found = differencesBetween(theirs, ours)
  })

  test('every difference has its row', () => {
    const rows = [...differences, ...runningDifferences]
    expect(seen.found.filter((each) => !rows.some((row) => declares(row, each)))).toEqual([])
  })

  test('every row of the table of running clusters says what differs today', () => {
    const unused = runningDifferences.filter((row) => !seen.found.some((each) => declares(row, each)))
    expect(unused).toEqual([])
  })
})

describe('the real kubeadm', () => {
  test('joins a host by the command that we print', async () => {
    const printed = await onCluster(lab(), 'token', 'create', '--print-join-command', 'kubeadm')
    expect(printed).toMatch(/^kubeadm join \S+:6443 --token \S+ --discovery-token-ca-cert-hash sha256:\S+\n$/)
    const said = await onHost(lab(), 'w1', `${printed.trim()} ${ignored}`)
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
    const token = (await onCluster(lab(), 'token', 'create')).trim()
    const listed = await onHost(lab(), 'cp1', 'kubeadm token list --kubeconfig /etc/kubernetes/admin.conf')
    expect(listed).toContain(token)
    expect(listed).toContain('system:bootstrappers:kubeadm:default-node-token')
  })

  test('and those that are for something special, also after they were replaced', async () => {
    const group = 'system:bootstrappers:e2e'
    const flags = ['--usages', 'signing', '--groups', group, '--description', 'for a test']
    const old = (await onCluster(lab(), 'token', 'create', '--permanent', ...flags)).trim()
    const token = (await onCluster(lab(), 'token', 'rotate', old)).trim()
    const listed = await onHost(lab(), 'cp1', 'kubeadm token list --kubeconfig /etc/kubernetes/admin.conf')
    expect(listed).not.toContain(old)
    const row = listed.split('\n').find((line) => line.startsWith(token))
    expect(row).toMatch(new RegExp(`^${token} +<forever> +<never> +signing +for a test +${group}`))
    await eventually('cluster-info is signed by it, and by the old one no more', async () => {
      const info = await kubectl(lab(), 'get configmap -n kube-public cluster-info -o yaml')
      expect(info).toContain(`jws-kubeconfig-${token.slice(0, 6)}:`)
      expect(info).not.toContain(`jws-kubeconfig-${old.slice(0, 6)}:`)
    })
    await onCluster(lab(), 'token', 'delete', token)
    expect(await onCluster(lab(), 'token', 'list')).not.toContain('for a test')
  })

  test('ours expire by the cluster’s own clock', async () => {
    const token = (await onCluster(lab(), 'token', 'create')).trim()
    const secret = `secret -n kube-system bootstrap-token-${token.slice(0, 6)}`
    const past = Buffer.from('2020-01-01T00:00:00Z').toString('base64')
    await kubectl(lab(), `patch ${secret} -p '{"data":{"expiration":"${past}"}}'`)
    await eventually('the controller manager removes it', async () =>
      expect(await kubectl(lab(), `get ${secret} --ignore-not-found`)).toBe(''),
    )
  })

  test('plans an upgrade from what it reads of the cluster, and finds none to do', async () => {
    // kubeadm moves the Corefile along with the releases of CoreDNS that it knows; ours is newer.
    const newer = '--ignore-preflight-errors=CoreDNSUnsupportedPlugins,CoreDNSMigration'
    const plan = await onHost(lab(), 'cp1', `kubeadm upgrade plan v1.37.1 ${newer}`)
    expect(plan).toContain('[upgrade/config] Reading configuration from the "kubeadm-config" ConfigMap')
    expect(plan).toContain('[upgrade/versions] Cluster version: 1.37.1')
    expect(plan).not.toContain('COMPONENT')
  })

  test('renders the manifests of an upgrade: flags are other ones only where the table says so', async () => {
    const diff = await onHost(lab(), 'cp1', 'kubeadm upgrade diff v1.37.1')
    const flags = [...diff.matchAll(/^[-+] +- --([^=]+)=/gm)].map(([, flag]) => `[--${flag}]`)
    expect(flags.length).toBeGreaterThan(5)
    expect(flags.filter((flag) => !differences.some(({ at }) => at.endsWith(flag)))).toEqual([])
  })
})

describe('a host that joins itself', () => joiningItself(lab))
