/**
 * Every place where what we write is not what kubeadm 1.37.1 writes for the same configuration, with the reason. A row that no
 * longer says what differs fails the test, as does a difference without a row. The second table is of what only a running cluster
 * shows.
 */
import { absent, type DifferenceRow, onTheHost } from '../support/compare.ts'
import { proxies } from './scenarios.ts'

const pki = '/etc/kubernetes/pki'

const flagOf = (component: string, flag: string) => ({
  where: `${component}.yaml`,
  at: `.spec.containers[${component}].command[--${flag}]`,
})

const trust = (component: string, flag: string, ca: string): DifferenceRow => ({
  ...flagOf(component, flag),
  kubeadm: `${pki}/${ca}.crt`,
  slipway: `${pki}/${ca}-bundle.crt`,
  reason:
    'Who is trusted is apart from who signs: while a CA is replaced, both the old and the new are trusted.',
})

const noProfiling = (component: string): DifferenceRow => ({
  ...flagOf(component, 'profiling'),
  kubeadm: absent,
  slipway: 'false',
  reason:
    'CIS 1.2.15, 1.3.2, 1.4.1: /debug/pprof is open by default and nobody needs it until somebody asks.',
})

const closedMode = (file: string): DifferenceRow => ({
  where: file,
  at: 'mode',
  kubeadm: '644',
  slipway: '600',
  reason: 'CIS 4.1.9: only root has to read what the kubelet is told.',
})

const newer = (where: string, at: string, kubeadm: string, slipway: string): DifferenceRow => ({
  where,
  at,
  kubeadm,
  slipway,
  reason: 'The newest patch release that the bundle can be built with; kubeadm names an older one.',
})

const clusterConfiguration = 'ConfigMap kube-system/kubeadm-config'
const hashAnnotation = '.metadata.annotations.kubeadm.kubernetes.io/component-config.hash'

const noProxyForKubeProxy = Object.entries(proxies).flatMap(([name, value]) =>
  Object.entries({ name, value }).map(
    ([field, kubeadm]): DifferenceRow => ({
      where: 'DaemonSet kube-system/kube-proxy',
      at: `.spec.template.spec.containers[kube-proxy].env[${name}].${field}`,
      kubeadm,
      slipway: absent,
      reason: 'It talks to the API server alone, by an address that is in NO_PROXY anyway.',
    }),
  ),
)

export const differences: readonly DifferenceRow[] = [
  ...noProxyForKubeProxy,
  trust('kube-apiserver', 'client-ca-file', 'ca'),
  trust('kube-apiserver', 'etcd-cafile', 'etcd/ca'),
  ...[
    ['kube-api-burst', '200'],
    ['kube-api-qps', '100'],
  ].map(([flag = '', value = '']) => ({
    ...flagOf('kube-controller-manager', flag),
    kubeadm: absent,
    slipway: value,
    reason: 'At the default of 20 and 30 its controllers start 5 s later, at every start.',
  })),
  {
    ...flagOf('kube-apiserver', 'shutdown-watch-termination-grace-period'),
    kubeadm: absent,
    slipway: '1s',
    reason:
      'Without it an API server waits for the watches of all clients before it ends: 30 s of no API, at every restart.',
  },
  trust('kube-apiserver', 'requestheader-client-ca-file', 'front-proxy-ca'),
  trust('kube-controller-manager', 'client-ca-file', 'ca'),
  trust('kube-controller-manager', 'requestheader-client-ca-file', 'front-proxy-ca'),
  trust('kube-controller-manager', 'root-ca-file', 'ca'),
  trust('etcd', 'trusted-ca-file', 'etcd/ca'),
  trust('etcd', 'peer-trusted-ca-file', 'etcd/ca'),
  {
    where: 'config.yaml',
    at: '.authentication.x509.clientCAFile',
    kubeadm: `${pki}/ca.crt`,
    slipway: `${pki}/ca-bundle.crt`,
    reason: 'As for the control plane. The ConfigMap keeps ca.crt: a node that kubeadm joins has no bundle.',
  },
  noProfiling('kube-apiserver'),
  noProfiling('kube-controller-manager'),
  noProfiling('kube-scheduler'),
  closedMode('config.yaml'),
  closedMode('instance-config.yaml'),
  closedMode('kubeadm-flags.env'),
  {
    where: 'kubeadm-flags.env',
    at: '[--node-ip]',
    kubeadm: absent,
    slipway: '10.0.0.11',
    reason:
      'The cluster file says which network is the nodes; the kubelet would take that of the default route.',
  },
  newer(
    'etcd.yaml',
    '.spec.containers[etcd].image',
    'registry.k8s.io/etcd:3.7.0-0',
    'registry.k8s.io/etcd:3.7.3-0',
  ),
  newer(clusterConfiguration, '.data.ClusterConfiguration.etcd.local.imageTag', absent, '3.7.3-0'),
  newer(
    'Deployment kube-system/coredns',
    '.spec.template.spec.containers[coredns].image',
    'registry.k8s.io/coredns/coredns:v1.14.6',
    'registry.k8s.io/coredns/coredns:v1.15.0',
  ),
  newer(clusterConfiguration, '.data.ClusterConfiguration.dns.imageTag', absent, 'v1.15.0'),
  {
    where: clusterConfiguration,
    at: '.metadata.annotations.slipway.dev/cluster',
    kubeadm: absent,
    slipway: 'demo',
    reason:
      'To kubeadm every cluster is `kubernetes`; a host that joins itself learns here whose it becomes.',
  },
  {
    where: clusterConfiguration,
    at: '.data.ClusterConfiguration.encryptionAlgorithm',
    kubeadm: 'RSA-2048',
    slipway: 'ECDSA-P256',
    reason: 'The default: as strong as RSA-3072, and signed in a fraction of the time.',
  },
  {
    where: 'ConfigMap kube-system/kubelet-config',
    at: hashAnnotation,
    kubeadm: '*',
    slipway: '*',
    reason: 'The hash of the text, which we write without the fields that nobody set.',
  },
  {
    where: 'ConfigMap kube-system/kube-proxy',
    at: '.data.config.conf.mode',
    kubeadm: 'iptables',
    slipway: 'nftables',
    reason: 'The default: nftables is GA since 1.33 and scales with the number of Services.',
  },
  {
    where: 'ConfigMap kube-system/kube-proxy',
    at: hashAnnotation,
    kubeadm: '*',
    slipway: absent,
    reason: 'With it, `kubeadm upgrade` would write its own default over our mode.',
  },
  {
    where: 'DaemonSet kube-system/kube-proxy',
    at: '.spec.template.metadata.annotations.slipway.dev/configuration',
    kubeadm: absent,
    slipway: '*',
    reason: 'kube-proxy reads its ConfigMap when it starts: a changed one has to start new pods.',
  },
  {
    where: 'Deployment kube-system/coredns',
    at: '.spec.template.spec.containers[coredns].readinessProbe.periodSeconds',
    // Not in the manifest; in a cluster the API server has filled it in.
    kubeadm: '*',
    slipway: '1',
    reason: 'The default of 10 s is up to ten seconds in which DNS could answer but gets no questions.',
  },
]

const flannel = 'flannel.alpha.coreos.com'

const podNetwork = (where: string, at = '*', kubeadm = absent): DifferenceRow => ({
  where,
  at,
  kubeadm,
  slipway: kubeadm === absent ? '*' : absent,
  reason:
    'The pod network comes with the cluster; kubeadm leaves it to others, and its node is not ready yet.',
})

export const runningDifferences: readonly DifferenceRow[] = [
  ...['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((component) => ({
    where: `${component}.yaml`,
    at: '.metadata.annotations.slipway.dev/started-with',
    kubeadm: absent,
    slipway: '*',
    reason: 'It reads certificates and keys at its start: others have to start another pod.',
  })),
  ...['ca', 'etcd/ca', 'front-proxy-ca'].map((ca) => ({
    where: onTheHost,
    at: `${pki}/${ca}-bundle.crt`,
    kubeadm: absent,
    slipway: '644 root:root f',
    reason: 'Who is trusted, apart from who signs.',
  })),
  ...[
    ['super-admin.conf', '*'],
    [onTheHost, '/etc/kubernetes/super-admin.conf'],
  ].map(([where = '', at = '']) => ({
    where,
    at,
    kubeadm: '*',
    slipway: absent,
    reason:
      'An administrator whom no deleted binding stops: it is made when it is needed, and is on no host.',
  })),
  ...['ConfigMap kube-flannel/kube-flannel-cfg', 'ServiceAccount kube-flannel/flannel', 'ClusterRole flannel']
    .concat('ClusterRoleBinding flannel', 'DaemonSet kube-flannel/kube-flannel-ds')
    .map((where) => podNetwork(where)),
  ...['backend-data', 'backend-type', 'kube-subnet-manager', 'public-ip'].map((key) =>
    podNetwork('Node cp1', `.metadata.annotations.${flannel}/${key}`),
  ),
  ...['name', 'effect'].map((key) =>
    podNetwork('Node cp1', `.spec.taints[node.kubernetes.io/not-ready].${key}`, '*'),
  ),
]
