/** What a place is there for: whose certificates it holds, or who has to have signed what is in it. Derived from the tables of the PKI. */
import type { HostRole } from '../config/schema.ts'
import { kubeletClientCertificate, kubernetesDirectory, pkiDirectory } from '../constants.ts'
import { kubeconfigRows } from '../pki/kubeconfig-table.ts'
import { type AuthorityId, authorityRows, certificateRows } from '../pki/table.ts'
import type { Place } from './types.ts'

/** Of a kubelet that asks the cluster's CA for what it serves (`serverTLSBootstrap`), in place of the one that it signs by itself. */
export const kubeletServerCertificate = '/var/lib/kubelet/pki/kubelet-server-current.pem'

export type Belongs =
  | { readonly kind: 'authority'; readonly id: AuthorityId }
  | { readonly kind: 'leaf'; readonly of: AuthorityId }

/** On a host, or in the cluster's folder: both have `pki/etcd/ca.crt`. */
const authorityOf = (path: string): AuthorityId | undefined =>
  authorityRows.find(
    ({ file }) => path.endsWith(`/pki/${file}.crt`) || path.endsWith(`/pki/${file}-bundle.crt`),
  )?.id

const issuerOf = (path: string): AuthorityId | undefined => {
  if (path === kubeletClientCertificate || path === kubeletServerCertificate) return 'ca'
  return certificateRows.find(({ file }) => path === `${pkiDirectory}/${file}.crt`)?.issuer
}

/** undefined for what nobody of ours has signed: a file of a user's own, and what a server makes for itself. */
export const belongs = (place: Place): Belongs | undefined => {
  if (place.kind === 'port') return undefined
  if (place.kind === 'kubeconfig')
    return place.holds === 'trust' ? { kind: 'authority', id: 'ca' } : { kind: 'leaf', of: 'ca' }
  const id = authorityOf(place.path)
  if (id !== undefined) return { kind: 'authority', id }
  const of = issuerOf(place.path)
  return of && { kind: 'leaf', of }
}

/** What every host of a role has once it is part of a cluster, whoever installed it. */
export const expectedPaths = (role: HostRole): readonly string[] => {
  const everywhere = [`${pkiDirectory}/ca.crt`, kubeletClientCertificate]
  if (role === 'worker') return everywhere
  return [
    ...everywhere,
    ...authorityRows.filter(({ id }) => id !== 'ca').map(({ file }) => `${pkiDirectory}/${file}.crt`),
    ...certificateRows.map(({ file }) => `${pkiDirectory}/${file}.crt`),
    ...kubeconfigRows.map(({ file }) => `${kubernetesDirectory}/${file}`),
  ]
}
