/** What kubeadm keeps in a cluster, so that kubeadm can join nodes to it, upgrade it and look at it. Takes render input; gives objects. */
import type { KubeObject } from '../../api/types.ts'
import { clusterInfoKubeconfig } from '../../pki/kubeconfigs.ts'
import { issuersIn } from '../../pki/read-certificate.ts'
import { renderObjects } from '../engine.ts'
import type { ClusterInput } from '../types.ts'
import { configMap } from './config-map.ts'
import { kubeadmConfig } from './kubeadm-config.ts'
import { kubeletConfig } from './kubelet-config.ts'

export const clusterObjects = (input: ClusterInput): readonly KubeObject[] => [
  kubeadmConfig(input),
  kubeletConfig(input.config),
]

/**
 * What a node that bootstraps looks for, and what lets it. Of cluster-info the kubeconfig is ours, and its signatures, one a token,
 * are the controller manager's: server-side apply leaves each to its owner. No CA above the cluster's is in it: who joins lets clients
 * in by what it finds there.
 */
export const bootstrapObjects = ({ endpoint, caPem }: ClusterInput): readonly KubeObject[] => [
  ...renderObjects('cluster/bootstrap.yaml', {}),
  configMap(
    { name: 'cluster-info', namespace: 'kube-public' },
    {
      kubeconfig: clusterInfoKubeconfig({
        server: `https://${endpoint.host}:${endpoint.port}`,
        caPem: issuersIn(caPem),
      }),
    },
  ),
]

/** kubeadm:cluster-admins, the group of admin.conf: unlike system:masters it can be revoked, by deleting this. */
export const clusterAdminsBinding = (): KubeObject => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'kubeadm:cluster-admins' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'kubeadm:cluster-admins' }],
})
