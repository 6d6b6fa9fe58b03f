/** What kubeadm keeps in a cluster, so that kubeadm can join, upgrade and look at it. Takes render input; gives objects. */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import type { KubeObject } from '../../api/types.ts'
import type { ClusterConfig } from '../../config/schema.ts'
import { pkiDirectory } from '../../constants.ts'
import { clusterInfoKubeconfig } from '../../pki/kubeconfigs.ts'
import { renderObjects } from '../engine.ts'
import { kubeletConfiguration } from '../kubelet.ts'
import type { RenderInput } from '../types.ts'

const configMap = (
  namespace: string,
  name: string,
  data: Readonly<Record<string, string>>,
  annotations?: Readonly<Record<string, string>>,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, ...(annotations ? { annotations } : {}) },
  data,
})

/** kubeadm's durations count hours: `8760h0m0s`. */
const hours = (duration: string): string => {
  const unit = { m: 1 / 60, h: 1, d: 24 }[duration.at(-1) ?? 'h'] ?? 1
  return `${Math.max(1, Math.round(Number.parseInt(duration, 10) * unit))}h0m0s`
}

const extraArgs = (args: Readonly<Record<string, string>>) =>
  Object.keys(args).length === 0
    ? {}
    : { extraArgs: Object.entries(args).map(([name, value]) => ({ name, value })) }

const imageTag = (image: string | undefined): string => image?.split(':').at(-1) ?? ''

const clusterConfiguration = ({ config, images, endpoint }: RenderInput): string => {
  const { controlPlane, network, certificates } = config
  return stringify({
    apiServer: {
      ...(controlPlane.certSANs.length > 0 ? { certSANs: controlPlane.certSANs } : {}),
      ...extraArgs(controlPlane.apiServer.extraArgs),
    },
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    caCertificateValidityPeriod: hours(certificates.caValidity),
    certificateValidityPeriod: hours(certificates.validity),
    certificatesDir: pkiDirectory,
    clusterName: 'kubernetes',
    ...(controlPlane.endpoint ? { controlPlaneEndpoint: `${endpoint.host}:${endpoint.port}` } : {}),
    controllerManager: extraArgs(controlPlane.controllerManager.extraArgs),
    dns: { imageTag: imageTag(images['coredns']) },
    encryptionAlgorithm: certificates.algorithm,
    etcd: { local: { dataDir: controlPlane.etcd.dataDir, imageTag: imageTag(images['etcd']) } },
    imageRepository: 'registry.k8s.io',
    kind: 'ClusterConfiguration',
    kubernetesVersion: `v${config.kubernetes.version}`,
    networking: {
      dnsDomain: network.dnsDomain,
      podSubnet: network.podCIDR,
      serviceSubnet: network.serviceCIDR,
    },
    proxy: {},
    scheduler: extraArgs(controlPlane.scheduler.extraArgs),
  })
}

const kubeletConfigMap = (config: ClusterConfig): KubeObject => {
  const text = stringify(kubeletConfiguration(config))
  return configMap(
    'kube-system',
    'kubelet-config',
    { kubelet: text },
    {
      'kubeadm.kubernetes.io/component-config.hash': `sha256:${createHash('sha256').update(text).digest('hex')}`,
    },
  )
}

export const clusterObjects = (input: RenderInput): readonly KubeObject[] => [
  configMap('kube-system', 'kubeadm-config', { ClusterConfiguration: clusterConfiguration(input) }),
  kubeletConfigMap(input.config),
]

/** What a node that bootstraps looks for, and what lets it. The signatures in cluster-info are the controller manager's. */
export const bootstrapObjects = (input: RenderInput): readonly KubeObject[] => [
  ...renderObjects('cluster/rbac.yaml', {}),
  configMap('kube-public', 'cluster-info', {
    kubeconfig: clusterInfoKubeconfig({
      server: `https://${input.endpoint.host}:${input.endpoint.port}`,
      caPem: input.caPem,
    }),
  }),
]

/** kubeadm:cluster-admins, the group of admin.conf: unlike system:masters it can be revoked, by deleting this. */
export const clusterAdminsBinding = (): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'kubeadm:cluster-admins' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'kubeadm:cluster-admins' }],
})
