/** How each component is built from its Go module. One row a component; the modules are in bundle/go/. */
import type { Versions } from '../catalog.ts'

export type GoRecipe = {
  readonly component: string
  /** Folder in bundle/go/ whose go.mod and go.sum pin everything. */
  readonly module: string
  readonly package: string
  readonly ldflags?: string
  /** With C code, linked statically. */
  readonly cgo?: boolean
  readonly tags?: string
}

const kubernetes = (component: string, v: Versions): GoRecipe => {
  const [major = '', minor = ''] = v.kubernetes.split('.')
  const stamp = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`
  return {
    component,
    module: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${component}`,
    ldflags: [
      stamp('gitVersion', `v${v.kubernetes}`),
      stamp('gitMajor', major),
      stamp('gitMinor', minor),
      stamp('gitTreeState', 'clean'),
    ].join(' '),
  }
}

const plugin = (kind: string, name: string): GoRecipe => ({
  component: name,
  module: 'cni-plugins',
  package: `github.com/containernetworking/plugins/plugins/${kind}/${name}`,
})

const containerd = (component: string, v: Versions): GoRecipe => ({
  component,
  module: 'containerd',
  package: `github.com/containerd/containerd/v2/cmd/${component}`,
  ldflags: `-X github.com/containerd/containerd/v2/version.Version=v${v.containerd}`,
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
  ].map((name) => kubernetes(name, v)),
  { component: 'etcd', module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  { component: 'etcdctl', module: 'etcd', package: 'go.etcd.io/etcd/etcdctl/v3' },
  { component: 'etcdutl', module: 'etcd', package: 'go.etcd.io/etcd/etcdutl/v3' },
  containerd('containerd', v),
  containerd('containerd-shim-runc-v2', v),
  containerd('ctr', v),
  {
    component: 'runc',
    module: 'runc',
    package: 'github.com/opencontainers/runc',
    cgo: true,
    tags: 'netgo,osusergo,seccomp',
    ldflags: `-X main.version=${v.runc}`,
  },
  plugin('main', 'bridge'),
  plugin('main', 'loopback'),
  plugin('ipam', 'host-local'),
  plugin('meta', 'portmap'),
  plugin('meta', 'bandwidth'),
  plugin('meta', 'firewall'),
  {
    component: 'flannel-cni',
    module: 'flannel-cni',
    package: 'github.com/containernetworking/plugins/plugins/meta/flannel',
  },
  { component: 'coredns', module: 'coredns', package: 'github.com/coredns/coredns' },
  {
    component: 'flanneld',
    module: 'flannel',
    package: 'github.com/flannel-io/flannel',
    cgo: true,
    ldflags: `-X github.com/flannel-io/flannel/pkg/version.Version=v${v.flannel}`,
  },
  {
    component: 'crictl',
    module: 'cri-tools',
    package: 'sigs.k8s.io/cri-tools/cmd/crictl',
    ldflags: `-X sigs.k8s.io/cri-tools/pkg/version.Version=v${v['cri-tools']}`,
  },
]
