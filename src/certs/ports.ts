/** THE table of ports that serve TLS, and from which file (kubeadm.md 1.5). One row a port. */
import type { HostRole } from '../config/schema.ts'
import { apiServerPort, kubeletServingCertificate, pkiDirectory } from '../constants.ts'
import { kubeletServerCertificate } from './belongs.ts'
import type { Found } from './types.ts'

export type PortRow = {
  readonly port: number
  readonly server: string
  readonly roles: readonly HostRole[]
  /** Only on the loopback address of the host: the others are asked by the host's own. */
  readonly local: boolean
  /** The first of these that a host has; a server without any makes its certificate when it starts, and keeps it in memory. */
  readonly files: readonly string[]
}

const controlPlane: readonly HostRole[] = ['control-plane']

export const portRows: readonly PortRow[] = [
  {
    port: apiServerPort,
    server: 'kube-apiserver',
    roles: controlPlane,
    local: false,
    files: [`${pkiDirectory}/apiserver.crt`],
  },
  {
    port: 2379,
    server: 'etcd',
    roles: controlPlane,
    local: false,
    files: [`${pkiDirectory}/etcd/server.crt`],
  },
  { port: 2380, server: 'etcd', roles: controlPlane, local: false, files: [`${pkiDirectory}/etcd/peer.crt`] },
  {
    port: 10250,
    server: 'kubelet',
    roles: ['control-plane', 'worker'],
    local: false,
    files: [kubeletServerCertificate, kubeletServingCertificate],
  },
  { port: 10257, server: 'kube-controller-manager', roles: controlPlane, local: true, files: [] },
  { port: 10259, server: 'kube-scheduler', roles: controlPlane, local: true, files: [] },
]

export const portsOf = (role: HostRole): readonly PortRow[] =>
  portRows.filter(({ roles }) => roles.includes(role))

/** The file that a port serves, where the host has it. */
export const fileOf = ({ files }: PortRow, found: readonly Found[]): string | undefined =>
  files.find((file) => found.some(({ place }) => place.kind === 'file' && place.path === file))
