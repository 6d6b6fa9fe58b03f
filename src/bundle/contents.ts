/**
 * THE table of what a bundle holds: executables with their place on a host, and images with what is in them. Takes the versions
 * of a release; gives rows. Who needs a thing is in its row, so nothing travels to a host that has no use for it.
 */
import type { HostRole } from '../config/schema.ts'
import type { Versions } from './catalog.ts'

export type BinaryRow = {
  readonly component: string
  readonly version: string
  readonly path: string
  readonly roles: readonly HostRole[]
}

export type ImageRow = {
  readonly component: string
  readonly name: string
  readonly version: string
  /** component → its path in the image. */
  readonly files: Readonly<Record<string, string>>
  /** Tools of Debian's below it: nft, iptables, conntrack, a shell. */
  readonly base: 'scratch' | 'network-tools'
  readonly entrypoint?: readonly string[]
  readonly roles: readonly HostRole[]
}

const every: readonly HostRole[] = ['control-plane', 'worker']
const control: readonly HostRole[] = ['control-plane']

const cniPlugins = ['bridge', 'loopback', 'host-local', 'portmap', 'bandwidth', 'firewall']

/** Paths of kubeadm's packages (kubelet, kubectl, CNI) and of containerd's own release archive. */
export const binaryRows = (v: Versions): readonly BinaryRow[] => [
  { component: 'containerd', version: v.containerd, path: '/usr/local/bin/containerd', roles: every },
  {
    component: 'containerd-shim-runc-v2',
    version: v.containerd,
    path: '/usr/local/bin/containerd-shim-runc-v2',
    roles: every,
  },
  { component: 'ctr', version: v.containerd, path: '/usr/local/bin/ctr', roles: every },
  { component: 'runc', version: v.runc, path: '/usr/local/bin/runc', roles: every },
  ...cniPlugins.map((plugin) => ({
    component: plugin,
    version: v['cni-plugins'],
    path: `/opt/cni/bin/${plugin}`,
    roles: every,
  })),
  { component: 'flannel-cni', version: v['flannel-cni'], path: '/opt/cni/bin/flannel', roles: every },
  { component: 'kubelet', version: v.kubernetes, path: '/usr/bin/kubelet', roles: every },
  { component: 'crictl', version: v['cri-tools'], path: '/usr/local/bin/crictl', roles: every },
  { component: 'kubectl', version: v.kubernetes, path: '/usr/bin/kubectl', roles: control },
]

const controlPlaneImage = (component: string, v: Versions): ImageRow => ({
  component,
  name: `registry.k8s.io/${component}:v${v.kubernetes}`,
  version: v.kubernetes,
  files: { [component]: `/usr/local/bin/${component}` },
  base: 'scratch',
  roles: control,
})

/** In the order in which they are imported: what the node cannot start without comes first. */
export const imageRows = (v: Versions): readonly ImageRow[] => [
  {
    component: 'pause',
    name: `registry.k8s.io/pause:${v.pause}`,
    version: v.pause,
    files: { pause: '/pause' },
    base: 'scratch',
    entrypoint: ['/pause'],
    roles: every,
  },
  {
    component: 'etcd',
    name: `registry.k8s.io/etcd:${v.etcd}-0`,
    version: v.etcd,
    files: {
      etcd: '/usr/local/bin/etcd',
      etcdctl: '/usr/local/bin/etcdctl',
      etcdutl: '/usr/local/bin/etcdutl',
    },
    base: 'scratch',
    roles: control,
  },
  controlPlaneImage('kube-apiserver', v),
  controlPlaneImage('kube-controller-manager', v),
  controlPlaneImage('kube-scheduler', v),
  {
    component: 'kube-proxy',
    name: `registry.k8s.io/kube-proxy:v${v.kubernetes}`,
    version: v.kubernetes,
    files: { 'kube-proxy': '/usr/local/bin/kube-proxy' },
    base: 'network-tools',
    roles: every,
  },
  {
    component: 'flannel',
    name: `ghcr.io/flannel-io/flannel:v${v.flannel}`,
    version: v.flannel,
    files: { flanneld: '/opt/bin/flanneld' },
    base: 'network-tools',
    entrypoint: ['/opt/bin/flanneld'],
    roles: every,
  },
  {
    component: 'coredns',
    name: `registry.k8s.io/coredns/coredns:v${v.coredns}`,
    version: v.coredns,
    files: { coredns: '/coredns' },
    base: 'scratch',
    entrypoint: ['/coredns'],
    roles: every,
  },
]
