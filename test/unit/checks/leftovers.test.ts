import { expect, test } from 'vitest'
import { cri } from '../../../src/checks/cri.ts'
import { dirAvailable } from '../../../src/checks/dir-available.ts'
import { fileAvailable } from '../../../src/checks/file-available.ts'
import { foreignCluster } from '../../../src/checks/foreign-cluster.ts'
import { kubeletVersion } from '../../../src/checks/kubelet-version.ts'
import { ports } from '../../../src/checks/ports.ts'
import { serviceKubelet } from '../../../src/checks/service-kubelet.ts'
import type { Check } from '../../../src/checks/types.ts'
import { briefly, problemsOf, type Situation } from '../../support/check-input.ts'
import { hostFacts } from '../../support/facts.ts'

const { commands, units } = hostFacts()
const ours = { kind: 'ours' } as const
const running = (name: string) => ({ units: { ...units, [name]: { active: true, enabled: true } } })
const listens = (address: string, port: number) => ({ listening: [{ address, port }] })
const existing = (path: string, kind: 'file' | 'directory' | 'empty-directory') => ({
  paths: { [path]: kind },
})
const apiServer = '/etc/kubernetes/manifests/kube-apiserver.yaml'

const cases: readonly [string, Check, Situation, readonly string[]][] = [
  ['the API port is taken', ports, { facts: listens('::', 6443) }, ['error Port-6443']],
  [
    'the API port is taken on another address',
    ports,
    { facts: listens('172.17.0.1', 6443) },
    ['error Port-6443'],
  ],
  ['the API port, on a worker', ports, { on: 'w1', facts: listens('::', 6443) }, []],
  [
    "the kubelet's port, on a worker",
    ports,
    { on: 'w1', facts: listens('0.0.0.0', 10250) },
    ['error Port-10250'],
  ],
  ['10259 on loopback', ports, { facts: listens('127.0.0.1', 10259) }, ['error Port-10259']],
  ['10257 on another address', ports, { facts: listens('10.0.0.11', 10257) }, []],
  ['2379 on the node address', ports, { facts: listens('10.0.0.11', 2379) }, ['error Port-2379']],
  ['2379 on loopback', ports, { facts: listens('127.0.0.1', 2379) }, ['error Port-2379']],
  ['2380 on loopback', ports, { facts: listens('127.0.0.1', 2380) }, []],
  ['2380 on every address', ports, { facts: listens('::', 2380) }, ['error Port-2380']],
  ['our own API server', ports, { facts: listens('::', 6443), ownership: ours }, []],

  [
    'a manifest',
    fileAvailable,
    { facts: existing(apiServer, 'file') },
    ['error FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml'],
  ],
  ['our own manifest', fileAvailable, { facts: existing(apiServer, 'file'), ownership: ours }, []],
  [
    'a CA on a worker',
    fileAvailable,
    { on: 'w1', facts: existing('/etc/kubernetes/pki/ca.crt', 'file') },
    ['error FileAvailable--etc-kubernetes-pki-ca.crt'],
  ],
  [
    "a kubelet's kubeconfig",
    fileAvailable,
    { on: 'w1', facts: existing('/etc/kubernetes/kubelet.conf', 'file') },
    ['error FileAvailable--etc-kubernetes-kubelet.conf'],
  ],

  [
    'data of etcd',
    dirAvailable,
    { facts: existing('/var/lib/etcd', 'directory') },
    ['error DirAvailable--var-lib-etcd'],
  ],
  ['an empty folder for etcd', dirAvailable, { facts: existing('/var/lib/etcd', 'empty-directory') }, []],
  ['our own etcd', dirAvailable, { facts: existing('/var/lib/etcd', 'directory'), ownership: ours }, []],
  [
    'etcd elsewhere',
    dirAvailable,
    {
      facts: existing('/data/etcd', 'directory'),
      config: { controlPlane: { etcd: { dataDir: '/data/etcd' } } },
    },
    ['error DirAvailable--var-lib-etcd'],
  ],
  ['data of etcd on a worker', dirAvailable, { on: 'w1', facts: existing('/var/lib/etcd', 'directory') }, []],
  [
    'static pods on a worker',
    dirAvailable,
    { on: 'w1', facts: existing('/etc/kubernetes/manifests', 'directory') },
    ['error DirAvailable--etc-kubernetes-manifests'],
  ],

  ['docker runs', cri, { facts: running('docker') }, ['error CRI']],
  ["somebody's containerd runs", cri, { facts: running('containerd') }, ['error CRI']],
  ['our containerd runs', cri, { facts: running('containerd'), ownership: ours }, []],
  ['CRI-O runs', cri, { facts: running('crio') }, ['warning CRI']],
  [
    'containerd is configured',
    cri,
    { facts: existing('/etc/containerd/config.toml', 'file') },
    ['warning CRI'],
  ],

  ['a kubelet runs', serviceKubelet, { facts: running('kubelet') }, ['warning Service-kubelet']],
  ['our kubelet runs', serviceKubelet, { facts: running('kubelet'), ownership: ours }, []],
  [
    "a package's kubelet",
    kubeletVersion,
    { facts: { commands: { ...commands, kubelet: '/usr/bin/kubelet' } } },
    ['warning KubeletVersion'],
  ],
  [
    'our kubelet',
    kubeletVersion,
    { facts: { commands: { ...commands, kubelet: '/usr/bin/kubelet' } }, ownership: ours },
    [],
  ],

  [
    'another cluster',
    foreignCluster,
    { ownership: { kind: 'foreign', name: 'prod', caHash: 'sha256:ab' } },
    ['error ForeignCluster'],
  ],
  ['k3s', foreignCluster, { facts: existing('/var/lib/rancher/k3s', 'directory') }, ['error ForeignCluster']],
  ['our cluster', foreignCluster, { ownership: ours }, []],
]

test.each(cases)('%s', (_title, check, situation, expected) => {
  expect(briefly(check, problemsOf(check, situation))).toEqual(expected)
})

test('a port says who wants it, where it is taken and how to see by whom', () => {
  const [problem] = problemsOf(ports, { facts: listens('0.0.0.0', 2379) })
  expect(problem?.message).toBe('Port 2379 is in use (something listens on 0.0.0.0:2379); etcd needs it')
  expect(problem?.remedy).toContain('ss -ltnp sport = :2379')
})

test('a cluster of the same name with another CA is most likely this one, without its folder', () => {
  const [problem] = problemsOf(foreignCluster, {
    facts: { cluster: { name: 'demo', caHash: 'sha256:ab' } },
    ownership: { kind: 'foreign', name: 'demo', caHash: 'sha256:ab' },
  })
  expect(problem?.message).toContain('the same name, but another CA')
  expect(problem?.remedy).toContain('bring its folder to this machine')
})
