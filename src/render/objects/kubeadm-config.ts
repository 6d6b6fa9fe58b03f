/** kubeadm's own record of the cluster, from which `kubeadm join`, `upgrade` and `certs` work. Takes render input; gives a ConfigMap. */
import type { KubeObject } from '../../api/types.ts'
import { parseDuration } from '../../config/duration.ts'
import { clusterNameAnnotation, pkiDirectory } from '../../constants.ts'
import { imageOf } from '../images.ts'
import type { ClusterInput } from '../types.ts'
import { toYaml } from '../yaml-write.ts'
import { configMap } from './config-map.ts'

/** As Go writes a duration: 90 minutes are `1h30m0s`. */
const goDuration = (duration: string): string => {
  const minutes = Math.floor(parseDuration(duration) / 60)
  return minutes < 60 ? `${minutes}m0s` : `${Math.floor(minutes / 60)}h${minutes % 60}m0s`
}

const component = (extraArgs: Readonly<Record<string, string>>): object => {
  const entries = Object.entries(extraArgs).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0 ? {} : { extraArgs: entries.map(([name, value]) => ({ name, value })) }
}

const imageTag = (input: ClusterInput, name: string): string => imageOf(input, name).replace(/^.*:/, '')

const clusterConfiguration = (input: ClusterInput): object => {
  const { controlPlane, network, certificates, kubernetes } = input.config
  const { host, port } = input.endpoint
  return {
    apiVersion: 'kubeadm.k8s.io/v1beta4',
    kind: 'ClusterConfiguration',
    apiServer: {
      ...component(controlPlane.apiServer.extraArgs),
      ...(controlPlane.certSANs.length > 0 ? { certSANs: controlPlane.certSANs } : {}),
    },
    caCertificateValidityPeriod: goDuration(certificates.caValidity),
    certificateValidityPeriod: goDuration(certificates.validity),
    certificatesDir: pkiDirectory,
    clusterName: 'kubernetes',
    ...(controlPlane.endpoint ? { controlPlaneEndpoint: `${host}:${port}` } : {}),
    controllerManager: component(controlPlane.controllerManager.extraArgs),
    dns: { imageTag: imageTag(input, 'coredns') },
    encryptionAlgorithm: certificates.algorithm,
    etcd: {
      local: {
        dataDir: controlPlane.etcd.dataDir,
        ...component(controlPlane.etcd.extraArgs),
        imageTag: imageTag(input, 'etcd'),
      },
    },
    imageRepository: 'registry.k8s.io',
    kubernetesVersion: `v${kubernetes.version}`,
    networking: {
      dnsDomain: network.dnsDomain,
      podSubnet: network.podCIDR,
      serviceSubnet: network.serviceCIDR,
    },
    proxy: {},
    scheduler: component(controlPlane.scheduler.extraArgs),
  }
}

export const kubeadmConfig = (input: ClusterInput): KubeObject =>
  configMap(
    {
      name: 'kubeadm-config',
      namespace: 'kube-system',
      annotations: { [clusterNameAnnotation]: input.config.name },
    },
    { ClusterConfiguration: toYaml(clusterConfiguration(input)) },
  )
