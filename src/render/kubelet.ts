/** The kubelet's configuration, as kubeadm writes it (kubeadm.md 1.5), but readable by root alone (CIS 4.1.1, 4.1.9). */
import { stringify } from 'yaml'
import type { ClusterConfig } from '../config/schema.ts'
import { manifestsDirectory, pkiDirectory } from '../constants.ts'
import { serviceAddress } from './addresses.ts'
import { render } from './engine.ts'
import { mergeOver } from './merge.ts'
import type { FileContent, RenderInput } from './types.ts'

/** What all nodes share; it is in the kubelet-config ConfigMap as well, where `kubeadm join` finds it. */
export const kubeletConfiguration = (config: ClusterConfig): Readonly<Record<string, unknown>> => {
  const ours = {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { cacheTTL: '0s', enabled: true },
      x509: { clientCAFile: `${pkiDirectory}/ca.crt` },
    },
    authorization: { mode: 'Webhook', webhook: { cacheAuthorizedTTL: '0s', cacheUnauthorizedTTL: '0s' } },
    cgroupDriver: 'systemd',
    clusterDNS: [serviceAddress(config.network.serviceCIDR, 10)],
    clusterDomain: config.network.dnsDomain,
    healthzBindAddress: '127.0.0.1',
    healthzPort: 10248,
    rotateCertificates: true,
    staticPodPath: manifestsDirectory,
    ...(config.hostPrep.swap === 'keep' ? { failSwapOn: false } : {}),
  }
  return mergeOver(ours, config.kubelet.config)
}

const socket = 'unix:///run/containerd/containerd.sock'
const resolvedConf = '/run/systemd/resolve/resolv.conf'

const ownConfiguration = ({ config, facts }: RenderInput): Readonly<Record<string, unknown>> => ({
  ...kubeletConfiguration(config),
  // Hosts trust what they are given to trust, which during a rotation is more than one CA.
  ...mergeOver(kubeletConfiguration(config), {
    authentication: { x509: { clientCAFile: `${pkiDirectory}/ca-bundle.crt` } },
  }),
  containerRuntimeEndpoint: socket,
  ...(facts.resolvedActive ? { resolvConf: resolvedConf } : {}),
})

const flags = ({ host, facts }: RenderInput): string =>
  [
    `--node-ip=${host.address}`,
    ...(facts.hostname === host.name ? [] : [`--hostname-override=${host.name}`]),
  ].join(' ')

export const kubeletFiles = (input: RenderInput): readonly FileContent[] => [
  { path: '/var/lib/kubelet/config.yaml', mode: 0o600, content: stringify(ownConfiguration(input)) },
  {
    path: '/var/lib/kubelet/instance-config.yaml',
    mode: 0o600,
    content: stringify(
      { containerRuntimeEndpoint: socket },
      { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' },
    ),
  },
  {
    path: '/var/lib/kubelet/kubeadm-flags.env',
    mode: 0o600,
    content: `KUBELET_KUBEADM_ARGS="${flags(input)}"\n`,
  },
  {
    path: '/etc/systemd/system/kubelet.service',
    mode: 0o600,
    content: render('etc/systemd/system/kubelet.service', {}),
  },
  {
    path: '/etc/systemd/system/kubelet.service.d/10-kubeadm.conf',
    mode: 0o600,
    content: render('etc/systemd/system/kubelet.service.d/10-kubeadm.conf', {}),
  },
]
