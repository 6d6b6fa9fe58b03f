/**
 * How each component is built from its Go module. One row a component; the modules are in bundle/go/. What is packed first is built
 * first, and what shares a layer stands together.
 */
import type { Versions } from '../catalog.ts'

export type GoRecipe = {
  readonly component: string
  readonly version: string
  /** Folder in bundle/go/ whose go.mod and go.sum pin everything. */
  readonly module: string
  /** Of that module or, beginning with `./`, a folder beside its go.mod. */
  readonly package: string
  readonly ldflags?: string
  /** The architectures for which it has C code, which is linked statically. */
  readonly cgo?: readonly string[]
  readonly tags?: readonly string[]
}

const kubernetes = (component: string, path: string, v: Versions): GoRecipe => {
  const [major = '', minor = ''] = v.kubernetes.split('.')
  const stamp = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`
  return {
    component,
    version: v.kubernetes,
    module: 'kubernetes',
    package: path,
    ldflags: [
      stamp('gitVersion', `v${v.kubernetes}`),
      stamp('gitMajor', major),
      stamp('gitMinor', minor),
      stamp('gitTreeState', 'clean'),
    ].join(' '),
  }
}

const plugin = (kind: string, name: string, v: Versions): GoRecipe => ({
  component: name,
  version: v['cni-plugins'],
  module: 'cni-plugins',
  package: `github.com/containernetworking/plugins/plugins/${kind}/${name}`,
})

const containerd = (component: string, v: Versions): GoRecipe => ({
  component,
  version: v.containerd,
  module: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${component}`,
  ldflags: `-X github.com/containerd/containerd/v2/version.Version=v${v.containerd}`,
})

const etcd = (component: string, directory: string, v: Versions): GoRecipe => ({
  component,
  version: v.etcd,
  module: 'etcd',
  package: `go.etcd.io/etcd/${directory}/v3`,
})

export const goRecipes = (v: Versions): readonly GoRecipe[] => [
  ...[
    'kube-apiserver',
    'kubelet',
    'kube-controller-manager',
    'kube-scheduler',
    'kube-proxy',
    'kubectl',
    'kubeadm',
  ].map((name) => kubernetes(name, `k8s.io/kubernetes/cmd/${name}`, v)),
  kubernetes('hyperkube', './hyperkube', v),
  etcd('etcd', 'server', v),
  etcd('etcdctl', 'etcdctl', v),
  etcd('etcdutl', 'etcdutl', v),
  containerd('containerd', v),
  { ...containerd('containerd', v), component: 'containerd-ctr', package: './containerd-ctr' },
  containerd('containerd-shim-runc-v2', v),
  containerd('ctr', v),
  {
    component: 'runc',
    version: v.runc,
    module: 'runc',
    package: 'github.com/opencontainers/runc',
    cgo: ['amd64', 'arm64'],
    tags: ['seccomp'],
    ldflags: `-X main.version=${v.runc}`,
  },
  plugin('main', 'bridge', v),
  plugin('main', 'loopback', v),
  plugin('ipam', 'host-local', v),
  plugin('meta', 'portmap', v),
  plugin('meta', 'bandwidth', v),
  plugin('meta', 'firewall', v),
  {
    component: 'flannel-cni',
    version: v['flannel-cni'],
    module: 'flannel-cni',
    package: 'github.com/containernetworking/plugins/plugins/meta/flannel',
  },
  {
    component: 'crictl',
    version: v['cri-tools'],
    module: 'cri-tools',
    package: 'sigs.k8s.io/cri-tools/cmd/crictl',
    ldflags: `-X sigs.k8s.io/cri-tools/pkg/version.Version=v${v['cri-tools']}`,
  },
  { component: 'coredns', version: v.coredns, module: 'coredns', package: 'github.com/coredns/coredns' },
  {
    component: 'flanneld',
    version: v.flannel,
    module: 'flannel',
    package: 'github.com/flannel-io/flannel',
    // Its udp backend: C on amd64, and left out elsewhere.
    cgo: ['amd64'],
    ldflags: `-X github.com/flannel-io/flannel/pkg/version.Version=v${v.flannel}`,
  },
]
