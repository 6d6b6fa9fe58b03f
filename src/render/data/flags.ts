/**
 * The command lines of the control plane: kubeadm's flags (kubeadm.md 1.5), the user's over them, sorted by name. Where ours differ,
 * the reason is in test/golden/differences.ts.
 */
import { keysOnHosts } from '../../config/certificate-keys.ts'
import type { ClusterConfig } from '../../config/schema.ts'
import { apiServerPort, kubernetesDirectory, pkiDirectory as pki } from '../../constants.ts'
import type { RenderInput } from '../types.ts'

type Flags = Readonly<Record<string, string>>

const commandLine = (flags: Flags, extra: Flags): readonly string[] =>
  Object.entries({ ...flags, ...extra })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `--${name}=${value}`)

export const apiServerFlags = ({ config, host }: RenderInput): readonly string[] =>
  commandLine(
    {
      'advertise-address': host.address,
      'allow-privileged': 'true',
      'authorization-mode': 'Node,RBAC',
      'client-ca-file': `${pki}/ca-bundle.crt`,
      'enable-admission-plugins': 'NodeRestriction',
      'enable-bootstrap-token-auth': 'true',
      'etcd-cafile': `${pki}/etcd/ca-bundle.crt`,
      'etcd-certfile': `${pki}/apiserver-etcd-client.crt`,
      'etcd-keyfile': `${pki}/apiserver-etcd-client.key`,
      'etcd-servers': 'https://127.0.0.1:2379',
      'kubelet-client-certificate': `${pki}/apiserver-kubelet-client.crt`,
      'kubelet-client-key': `${pki}/apiserver-kubelet-client.key`,
      'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname',
      profiling: 'false',
      'proxy-client-cert-file': `${pki}/front-proxy-client.crt`,
      'proxy-client-key-file': `${pki}/front-proxy-client.key`,
      'requestheader-allowed-names': 'front-proxy-client',
      'requestheader-client-ca-file': `${pki}/front-proxy-ca-bundle.crt`,
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-username-headers': 'X-Remote-User',
      'secure-port': String(apiServerPort),
      'service-account-issuer': `https://kubernetes.default.svc.${config.network.dnsDomain}`,
      'service-account-key-file': `${pki}/sa.pub`,
      'service-account-signing-key-file': `${pki}/sa.key`,
      'service-cluster-ip-range': config.network.serviceCIDR,
      // Without it, it waits for everybody's watches to end before it does, until its pod's 30 s are over (measured: 60 s alone, 2 s so).
      'shutdown-watch-termination-grace-period': '1s',
      'tls-cert-file': `${pki}/apiserver.crt`,
      'tls-private-key-file': `${pki}/apiserver.key`,
    },
    config.controlPlane.apiServer.extraArgs,
  )

/** Signing takes exactly one certificate; trust may have to hold several (security-and-reliability 3.7). */
const signingFlags = (config: ClusterConfig): Flags =>
  keysOnHosts(config)
    ? { 'cluster-signing-cert-file': `${pki}/ca.crt`, 'cluster-signing-key-file': `${pki}/ca.key` }
    : {}

export const controllerManagerFlags = ({ config }: RenderInput): readonly string[] => {
  const kubeconfig = `${kubernetesDirectory}/controller-manager.conf`
  return commandLine(
    {
      'allocate-node-cidrs': 'true',
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': '127.0.0.1',
      'client-ca-file': `${pki}/ca-bundle.crt`,
      'cluster-cidr': config.network.podCIDR,
      'cluster-name': 'kubernetes',
      ...signingFlags(config),
      controllers: '*,bootstrapsigner,tokencleaner',
      // At the default of 20 and 30 it takes 5.5 s to make its controllers' clients, at every start (measured in a lab).
      'kube-api-burst': '200',
      'kube-api-qps': '100',
      kubeconfig,
      'leader-elect': 'true',
      profiling: 'false',
      'requestheader-client-ca-file': `${pki}/front-proxy-ca-bundle.crt`,
      // Unlike who may ask, which is for the CA to say alone, whom to trust may be told with the CAs above it.
      'root-ca-file': `${pki}/${config.certificates.authorities.ca ? 'ca-chain.crt' : 'ca-bundle.crt'}`,
      'service-account-private-key-file': `${pki}/sa.key`,
      'service-cluster-ip-range': config.network.serviceCIDR,
      'use-service-account-credentials': 'true',
    },
    config.controlPlane.controllerManager.extraArgs,
  )
}

export const schedulerFlags = ({ config }: RenderInput): readonly string[] => {
  const kubeconfig = `${kubernetesDirectory}/scheduler.conf`
  return commandLine(
    {
      'authentication-kubeconfig': kubeconfig,
      'authorization-kubeconfig': kubeconfig,
      'bind-address': '127.0.0.1',
      kubeconfig,
      'leader-elect': 'true',
      profiling: 'false',
    },
    config.controlPlane.scheduler.extraArgs,
  )
}

export const etcdFlags = ({ config, host }: RenderInput): readonly string[] =>
  commandLine(
    {
      'advertise-client-urls': `https://${host.address}:2379`,
      'cert-file': `${pki}/etcd/server.crt`,
      'client-cert-auth': 'true',
      'data-dir': config.controlPlane.etcd.dataDir,
      'feature-gates': 'InitialCorruptCheck=true',
      'initial-advertise-peer-urls': `https://${host.address}:2380`,
      'initial-cluster': `${host.name}=https://${host.address}:2380`,
      'key-file': `${pki}/etcd/server.key`,
      'listen-client-urls': `https://127.0.0.1:2379,https://${host.address}:2379`,
      'listen-metrics-urls': 'http://127.0.0.1:2381',
      'listen-peer-urls': `https://${host.address}:2380`,
      name: host.name,
      'peer-cert-file': `${pki}/etcd/peer.crt`,
      'peer-client-cert-auth': 'true',
      'peer-key-file': `${pki}/etcd/peer.key`,
      'peer-trusted-ca-file': `${pki}/etcd/ca-bundle.crt`,
      'snapshot-count': '10000',
      'trusted-ca-file': `${pki}/etcd/ca-bundle.crt`,
      'watch-progress-notify-interval': '5s',
    },
    config.controlPlane.etcd.extraArgs,
  )
