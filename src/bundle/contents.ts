/**
 * THE table of what a bundle holds: executables with their place on a host, and images with what is in them. Takes the versions
 * of a release and the edition; gives rows. Who needs a thing is in its row, so nothing travels to a host that has no use for it.
 */
import type { HostRole } from '../config/schema.ts'
import type { Versions } from './catalog.ts'

/** What can be built here. */
export const editions = ['single', 'plain'] as const
export type BuiltEdition = (typeof editions)[number]

/**
 * `single`: the Kubernetes components are one executable that is called by many names, containerd and its client another. `plain`: each
 * is its own, as upstream builds them. In both, what need not be there before images can be imported travels in a layer: zstd instead of
 * gzip. `upstream`: what upstream publishes, in which no layer is ours, so every executable travels by itself.
 */
export type Edition = BuiltEdition | 'upstream'

/** What a cluster can do without, or have from elsewhere. */
export const bundleAddons = ['flannel', 'kube-proxy', 'coredns'] as const
export type BundleAddon = (typeof bundleAddons)[number]

export type BinaryRow = {
  readonly component: string
  readonly version: string
  readonly path: string
  readonly roles: readonly HostRole[]
  readonly addon?: BundleAddon
  /** What is built, where that is more than the component. */
  readonly executable?: string
  /** Where the executable is, on hosts and in the layer; `path` is a link to it then. */
  readonly target?: string
  /** Not sent by itself: the host copies it out of an image with this layer. */
  readonly layer?: FilesLayer
}

export type FilesLayer = {
  readonly kind: 'files'
  /** What is built → its path in the image. */
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
  readonly addon?: BundleAddon
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

const cniPath = (plugin: string): string => `/opt/cni/bin/${plugin}`

/** Alike as they are, together they compress to half of what they are one by one. */
const hostToolsLayer: FilesLayer = {
  kind: 'files',
  files: {
    crictl: '/usr/local/bin/crictl',
    'flannel-cni': cniPath('flannel'),
    ...Object.fromEntries(cniPlugins.map((plugin) => [plugin, cniPath(plugin)])),
  },
}

const kubeletLayer = layerOf({ kubelet: '/usr/bin/kubelet' })
const kubectlLayer = layerOf({ kubectl: '/usr/bin/kubectl' })

const kubernetesBinaries = (v: Versions, edition: Edition): readonly BinaryRow[] => {
  const ridesIn = (layer: FilesLayer): Partial<BinaryRow> => {
    if (edition === 'single') return { executable: 'hyperkube', target: hyperkube, layer: hyperkubeLayer }
    return edition === 'plain' ? { layer } : {}
  }
  const version = v.kubernetes
  return [
    { component: 'kubelet', version, path: '/usr/bin/kubelet', roles: every, ...ridesIn(kubeletLayer) },
    { component: 'kubectl', version, path: '/usr/bin/kubectl', roles: control, ...ridesIn(kubectlLayer) },
  ]
}

/** What containerd looks at when it starts is sent by itself: runc and the shim say what they can do. */
const containerdBinaries = (v: Versions, edition: Edition): readonly BinaryRow[] => {
  const [path, shim] = ['/usr/local/bin/containerd', 'containerd-shim-runc-v2']
  const both = edition === 'single' ? { executable: 'containerd-ctr' } : {}
  const link = edition === 'single' ? { target: path } : {}
  return [
    { component: 'containerd', version: v.containerd, path, roles: every, ...both },
    { component: shim, version: v.containerd, path: `/usr/local/bin/${shim}`, roles: every },
    { component: 'ctr', version: v.containerd, path: '/usr/local/bin/ctr', roles: every, ...both, ...link },
    { component: 'runc', version: v.runc, path: '/usr/local/bin/runc', roles: every },
  ]
}

const hostTools = (v: Versions, edition: Edition): readonly BinaryRow[] => {
  const versions: Readonly<Record<string, string>> = {
    'flannel-cni': v['flannel-cni'],
    crictl: v['cri-tools'],
  }
  return Object.entries(hostToolsLayer.files).map(([component, path]) => ({
    component,
    version: versions[component] ?? v['cni-plugins'],
    path,
    roles: every,
    ...(edition === 'upstream' ? {} : { layer: hostToolsLayer }),
    ...(component === 'flannel-cni' ? { addon: 'flannel' as const } : {}),
  }))
}

/** Paths of kubeadm's packages (kubelet, kubectl, CNI) and of containerd's own release archive. */
export const binaryRows = (v: Versions, edition: Edition): readonly BinaryRow[] => [
  ...containerdBinaries(v, edition),
  ...hostTools(v, edition),
  ...kubernetesBinaries(v, edition),
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
    addon: 'kube-proxy',
  }
}

/** Never run, and on no registry: their layers are what hosts are sent of these executables. */
const neverRun = (component: string, v: Versions, image: Pick<ImageRow, 'layers' | 'roles'>): ImageRow => ({
  component,
  name: `slipway.dev/${component}:v${v.kubernetes}`,
  version: v.kubernetes,
  ...image,
})

const neverRunImages = (v: Versions, edition: Edition): readonly ImageRow[] => {
  if (edition === 'upstream') return []
  const hostTools = neverRun('host-tools', v, { layers: [hostToolsLayer], roles: every })
  if (edition === 'single') return [hostTools]
  return [
    hostTools,
    neverRun('host-kubelet', v, { layers: [kubeletLayer], roles: every }),
    neverRun('host-kubectl', v, { layers: [kubectlLayer], roles: control }),
  ]
}

/** In the order in which they are imported: what the node cannot start without comes first. */
export const imageRows = (v: Versions, edition: Edition): readonly ImageRow[] => [
  ...neverRunImages(v, edition),
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
    addon: 'flannel',
  },
  {
    component: 'coredns',
    name: `registry.k8s.io/coredns/coredns:v${v.coredns}`,
    version: v.coredns,
    layers: [layerOf({ coredns: '/coredns' })],
    entrypoint: ['/coredns'],
    roles: every,
    addon: 'coredns',
  },
]
