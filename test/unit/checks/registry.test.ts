import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkIds, checks } from '../../../src/checks/index.ts'
import { problemsOf } from '../../support/check-input.ts'

const folder = new URL('../../../src/checks/', import.meta.url)
const noChecks = ['index.ts', 'run.ts', 'types.ts']

test('every check file is registered, once', async () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && !noChecks.includes(file))
  const exported = await Promise.all(
    files.map(async (file) => Object.values<unknown>(await import(new URL(file, folder).href))),
  )
  expect(exported.map((values) => values.length)).toEqual(files.map(() => 1))
  expect(new Set(exported.flat())).toEqual(new Set(checks))
  expect(checks).toHaveLength(files.length)
})

test('ids are unique, in any case', () => {
  const ids = checkIds().map((id) => id.toLowerCase())
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).not.toContain('all')
})

/** kubeadm 1.37, app/preflight/checks.go. What has no id of ours is in the next list, with the reason. */
const kubeadmIds = [
  'IsPrivilegedUser',
  'NumCPU',
  'Mem',
  'KubeletVersion',
  'Firewalld',
  'Port-6443',
  'Port-10259',
  'Port-10257',
  'Port-10250',
  'Port-2379',
  'Port-2380',
  'FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml',
  'FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml',
  'FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml',
  'FileAvailable--etc-kubernetes-manifests-etcd.yaml',
  'FileAvailable--etc-kubernetes-kubelet.conf',
  'FileAvailable--etc-kubernetes-bootstrap-kubelet.conf',
  'FileAvailable--etc-kubernetes-pki-ca.crt',
  'DirAvailable--etc-kubernetes-manifests',
  'DirAvailable--var-lib-etcd',
  'FileExisting-losetup',
  'FileExisting-mount',
  'FileExisting-cp',
  'FileContent--proc-sys-net-ipv4-ip_forward',
  'CRI',
  'Swap',
  'SystemVerification',
  'Hostname',
  'Service-kubelet',
  'HTTPProxy',
  'HTTPProxyCIDR',
]

const notApplicable = {
  KubernetesVersion: 'the version is that of the bundle',
  ContainerRuntimeVersion: 'containerd is that of the bundle',
  ImagePull: 'nothing is pulled',
  ExternalEtcdVersion: 'etcd is that of the bundle',
  ExternalEtcdClientCertificates: 'etcd is that of the bundle',
}

test('everything that kubeadm checks is checked under its name', () => {
  expect(checkIds()).toEqual(expect.arrayContaining(kubeadmIds))
  expect(checkIds().filter((id) => id in notApplicable)).toEqual([])
})

test.each(checks.map((check) => [check.ids[0], check] as const))(
  '%s finds nothing on healthy hosts',
  (_id, check) => {
    const hosts = check.roles.map((role) => (role === 'control-plane' ? 'cp1' : 'w1'))
    expect(hosts.flatMap((on) => problemsOf(check, { on }))).toEqual([])
  },
)
