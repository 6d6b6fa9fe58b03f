/** THE kubeconfig table: what a control plane has in /etc/kubernetes (kubeadm.md 1.3). One row a file. */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { apiServerPort } from '../constants.ts'
import type { Subject } from './names.ts'

export type KubeconfigRow = {
  readonly file: string
  readonly subject: (host: HostConfig) => Subject
  readonly server: (config: ClusterConfig, host: HostConfig) => string
  /** The kubelet renews its certificate by itself and then names that file in its kubeconfig. */
  readonly renewedByKubelet: boolean
}

export const ownServer = (_: ClusterConfig, { address }: HostConfig): string =>
  `https://${address}:${apiServerPort}`

/** The stable address of the API; without one, the first control plane's. */
export const clusterServer = ({ controlPlane, hosts }: ClusterConfig): string => {
  const first = hosts.find(({ role }) => role === 'control-plane')
  const { host, port } = controlPlane.endpoint ?? { host: first?.address ?? '', port: apiServerPort }
  return `https://${host}:${port}`
}

const named =
  (commonName: string, ...organizations: readonly string[]) =>
  (): Subject => ({
    commonName,
    organizations,
  })

const node = ({ name }: HostConfig): Subject => ({
  commonName: `system:node:${name}`,
  organizations: ['system:nodes'],
})

export const kubeconfigRows: readonly KubeconfigRow[] = [
  {
    file: 'admin.conf',
    subject: named('kubernetes-admin', 'kubeadm:cluster-admins'),
    server: clusterServer,
    renewedByKubelet: false,
  },
  { file: 'kubelet.conf', subject: node, server: ownServer, renewedByKubelet: true },
  {
    file: 'controller-manager.conf',
    subject: named('system:kube-controller-manager'),
    server: ownServer,
    renewedByKubelet: false,
  },
  {
    file: 'scheduler.conf',
    subject: named('system:kube-scheduler'),
    server: ownServer,
    renewedByKubelet: false,
  },
]
