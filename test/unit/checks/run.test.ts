import { expect, test } from 'vitest'
import { runChecks } from '../../../src/checks/run.ts'
import type { HostFacts } from '../../../src/facts/types.ts'
import { clusterConfig, healthyFacts } from '../../support/check-input.ts'

const config = clusterConfig()
const caHash = 'sha256:0123'
const ours = { name: 'demo', caHash }
const caHashes = [caHash]

const factsWith = (changes: Readonly<Record<string, Partial<HostFacts>>>) =>
  new Map([...healthyFacts(config)].map(([name, facts]) => [name, { ...facts, ...changes[name] }]))

const briefly = (facts: ReadonlyMap<string, HostFacts>, ignore: readonly string[] = []) =>
  runChecks({ config, facts, caHashes }, ignore).map(
    ({ host, severity, id, ignored }) => `${host} ${severity} ${id}${ignored ? ' (ignored)' : ''}`,
  )

const small = { cp1: { cpus: 1, memoryMB: 900 }, w1: { cpus: 1, uid: 7 } }

test('healthy hosts: nothing', () => {
  expect(briefly(factsWith({}))).toEqual([])
})

test('all findings of all hosts come together, each check on the hosts of its roles', () => {
  expect(briefly(factsWith(small))).toEqual([
    'cp1 error NumCPU',
    'cp1 error Mem',
    'w1 error IsPrivilegedUser',
  ])
})

test('what is ignored becomes a warning, whatever the case of its name', () => {
  expect(briefly(factsWith(small), ['numcpu', 'MEM'])).toEqual([
    'cp1 warning NumCPU (ignored)',
    'cp1 warning Mem (ignored)',
    'w1 error IsPrivilegedUser',
  ])
})

test('"all" ignores every error', () => {
  expect(briefly(factsWith(small), ['ALL']).filter((finding) => finding.includes('error'))).toEqual([])
})

test('a host that has not answered is not looked at', () => {
  const facts = factsWith(small)
  facts.delete('cp1')
  expect(briefly(facts)).toEqual(['w1 error IsPrivilegedUser'])
})

const running: Partial<HostFacts> = {
  listening: [6443, 10250, 2379].map((port) => ({ address: '::', port })),
  paths: {
    '/etc/kubernetes/manifests': 'directory',
    '/etc/kubernetes/manifests/etcd.yaml': 'file',
    '/etc/kubernetes/kubelet.conf': 'file',
    '/etc/containerd/config.toml': 'file',
    '/var/lib/etcd': 'directory',
  },
  units: { containerd: { active: true, enabled: true }, kubelet: { active: true, enabled: true } },
  routes: [
    { destination: '0.0.0.0/0', interface: 'eth0' },
    { destination: '10.244.0.0/24', interface: 'cni0' },
  ],
}

test('a second run on hosts that carry this cluster is clean', () => {
  const marked = { ...running, cluster: ours }
  expect(briefly(factsWith({ cp1: marked, w1: marked, w2: marked }))).toEqual([])
})

test("hosts that carry another cluster are refused, under kubeadm's ids", () => {
  const marked = { ...running, cluster: { name: 'prod', caHash: 'sha256:beef' } }
  const found = briefly(factsWith({ cp1: marked }))
  expect(found).toEqual(
    expect.arrayContaining([
      'cp1 error ForeignCluster',
      'cp1 error CRI',
      'cp1 error Port-6443',
      'cp1 error Port-10250',
      'cp1 error Port-2379',
      'cp1 error FileAvailable--etc-kubernetes-manifests-etcd.yaml',
      'cp1 error FileAvailable--etc-kubernetes-kubelet.conf',
      'cp1 error DirAvailable--var-lib-etcd',
      'cp1 error RouteOverlap',
    ]),
  )
})
