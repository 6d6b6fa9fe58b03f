/**
 * THE table of what a bundle holds: executables with their place on a host, and images with what is in them. Takes the versions
 * of a release and the edition; gives rows. Who needs a thing is in its row, so nothing travels to a host that has no use for it.
 */
import type { HostRole } from '../config/schema.ts'
import type { Versions } from './catalog.ts'

/** `single`: the Kubernetes components are one executable, called by many names. `plain`: each is its own, as upstream builds them. */
export const editions = ['single', 'plain'] as const
export type Edition = (typeof editions)[number]

export type BinaryRow = {
  readonly component: string
  readonly version: string
  readonly path: string
  readonly roles: readonly HostRole[]
  /** Not sent by itself: the host takes that component out of an image's layer, to where it is there, and `path` is a link to it. */
  readonly inside?: { readonly layer: FilesLayer; readonly component: string; readonly path: string }
}

export type FilesLayer = {
  readonly kind: 'files'
  /** component → its path in the image. */
  readonly files: Readonly<Record<string, string>>
  /** path → target. */
  readonly links?: Readonly<Record<string, string>>
}

/** Debian's nft, iptables, conntrack and a shell. */
export type LayerRow = FilesLayer | { readonly kind: 'network-tools' }

export type ImageRow = {
  readonly component: string
  readonly name: string
  readonly version: string
  /** The lowest first. */
  readonly layers: readonly LayerRow[]
  readonly entrypoint?: readonly string[]
  readonly roles: readonly HostRole[]
}

const every: readonly HostRole[] = ['control-plane', 'worker']
const control: readonly HostRole[] = ['control-plane']

const cniPlugins = ['bridge', 'loopback', 'host-local', 'portmap', 'bandwidth', 'firewall']

const tools: LayerRow = { kind: 'network-tools' }
const layerOf = (files: FilesLayer['files']): FilesLayer => ({ kind: 'files', files })

const hyperkube = '/usr/local/bin/hyperkube'

const inImages = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy']

/** One and the same layer in four images: stored, sent and unpacked once. It is the lowest, or containerd would unpack it again. */
const hyperkubeLayer: FilesLayer = {
  kind: 'files',
  files: { hyperkube },
  links: Object.fromEntries(inImages.map((name) => [`/usr/local/bin/${name}`, 'hyperkube'])),
}

const kubernetesLayer = (component: string, edition: Edition): FilesLayer =>
  edition === 'single' ? hyperkubeLayer : layerOf({ [component]: `/usr/local/bin/${component}` })

const kubernetesBinary = (
  component: string,
  roles: readonly HostRole[],
  v: Versions,
  edition: Edition,
): BinaryRow => ({
  component,
  version: v.kubernetes,
  path: `/usr/bin/${component}`,
  roles,
  ...(edition === 'single'
    ? { inside: { layer: hyperkubeLayer, component: 'hyperkube', path: hyperkube } }
    : {}),
})

/** Paths of kubeadm's packages (kubelet, kubectl, CNI) and of containerd's own release archive. */
export const binaryRows = (v: Versions, edition: Edition): readonly BinaryRow[] => [
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
  { component: 'crictl', version: v['cri-tools'], path: '/usr/local/bin/crictl', roles: every },
  kubernetesBinary('kubelet', every, v, edition),
  kubernetesBinary('kubectl', control, v, edition),
]

const kubernetesImage = (component: string, v: Versions) => ({
  component,
  name: `registry.k8s.io/${component}:v${v.kubernetes}`,
  version: v.kubernetes,
})

const controlPlaneImage = (component: string, v: Versions, edition: Edition): ImageRow => ({
  ...kubernetesImage(component, v),
  layers: [kubernetesLayer(component, edition)],
  roles: control,
})

const kubeProxyImage = (v: Versions, edition: Edition): ImageRow => {
  const itself = kubernetesLayer('kube-proxy', edition)
  return {
    ...kubernetesImage('kube-proxy', v),
    layers: edition === 'single' ? [itself, tools] : [tools, itself],
    roles: every,
  }
}

/** In the order in which they are imported: what the node cannot start without comes first. */
export const imageRows = (v: Versions, edition: Edition): readonly ImageRow[] => [
  {
    component: 'pause',
    name: `registry.k8s.io/pause:${v.pause}`,
    version: v.pause,
    layers: [layerOf({ pause: '/pause' })],
    entrypoint: ['/pause'],
    roles: every,
  },
  {
    component: 'etcd',
    name: `registry.k8s.io/etcd:${v.etcd}-0`,
    version: v.etcd,
    layers: [
      layerOf({
        etcd: '/usr/local/bin/etcd',
        etcdctl: '/usr/local/bin/etcdctl',
        etcdutl: '/usr/local/bin/etcdutl',
      }),
    ],
    roles: control,
  },
  controlPlaneImage('kube-apiserver', v, edition),
  controlPlaneImage('kube-controller-manager', v, edition),
  controlPlaneImage('kube-scheduler', v, edition),
  kubeProxyImage(v, edition),
  {
    component: 'flannel',
    name: `ghcr.io/flannel-io/flannel:v${v.flannel}`,
    version: v.flannel,
    layers: [tools, layerOf({ flanneld: '/opt/bin/flanneld' })],
    entrypoint: ['/opt/bin/flanneld'],
    roles: every,
  },
  {
    component: 'coredns',
    name: `registry.k8s.io/coredns/coredns:v${v.coredns}`,
    version: v.coredns,
    layers: [layerOf({ coredns: '/coredns' })],
    entrypoint: ['/coredns'],
    roles: every,
  },
]
