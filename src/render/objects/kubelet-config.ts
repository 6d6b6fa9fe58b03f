/** What every kubelet shares, where `kubeadm join` and `kubeadm upgrade` look for it. Takes the cluster file; gives a ConfigMap. */
import { createHash } from 'node:crypto'
import type { KubeObject } from '../../api/types.ts'
import type { ClusterConfig } from '../../config/schema.ts'
import { sharedKubeletConfiguration } from '../data/kubelet.ts'
import { toYaml } from '../yaml-write.ts'
import { configMap } from './config-map.ts'

/** kubeadm's mark on what it generated: with it, `kubeadm upgrade` makes the ConfigMap anew, so what is a user's goes without. */
const hashAnnotation = 'kubeadm.kubernetes.io/component-config.hash'

const isGenerated = ({ kubelet, hostPrep }: ClusterConfig): boolean =>
  Object.keys(kubelet.config).length === 0 && hostPrep.swap === 'disable'

export const kubeletConfig = (config: ClusterConfig): KubeObject => {
  const text = toYaml(sharedKubeletConfiguration(config))
  const hash = `sha256:${createHash('sha256').update(text).digest('hex')}`
  return configMap(
    {
      name: 'kubelet-config',
      namespace: 'kube-system',
      ...(isGenerated(config) ? { annotations: { [hashAnnotation]: hash } } : {}),
    },
    { kubelet: text },
  )
}
