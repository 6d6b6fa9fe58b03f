/** THE certificate table: what a control plane has below /etc/kubernetes/pki. One row a certificate (kubeadm.md 1.3). */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { serviceAddress } from '../render/addresses.ts'
import type { Usage } from './extensions.ts'
import type { Subject } from './names.ts'

export type AuthorityId = 'ca' | 'frontProxyCa' | 'etcdCa'

/** `file` is the path below pki/, without its ending. */
export type AuthorityRow = { readonly id: AuthorityId; readonly file: string; readonly commonName: string }

export const authorityRows: readonly AuthorityRow[] = [
  { id: 'ca', file: 'ca', commonName: 'kubernetes' },
  { id: 'frontProxyCa', file: 'front-proxy-ca', commonName: 'front-proxy-ca' },
  { id: 'etcdCa', file: 'etcd/ca', commonName: 'etcd-ca' },
]

export type CertificateRow = {
  readonly file: string
  readonly issuer: AuthorityId
  readonly usages: readonly Usage[]
  readonly subject: (host: HostConfig) => Subject
  readonly names: (config: ClusterConfig, host: HostConfig) => readonly string[]
}

const named = (commonName: string) => (): Subject => ({ commonName, organizations: [] })
const nodeName = ({ name }: HostConfig): Subject => ({ commonName: name, organizations: [] })
const noNames = (): readonly string[] => []

const apiServerNames = ({ network, controlPlane }: ClusterConfig, host: HostConfig): readonly string[] => [
  host.name,
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  `kubernetes.default.svc.${network.dnsDomain}`,
  serviceAddress(network.serviceCIDR, 1),
  host.address,
  ...(controlPlane.endpoint ? [controlPlane.endpoint.host] : []),
  ...controlPlane.certSANs,
]

const etcdNames = (_: ClusterConfig, host: HostConfig): readonly string[] => [
  host.name,
  'localhost',
  host.address,
  '127.0.0.1',
  '::1',
]

const server: readonly Usage[] = ['serverAuth']
const client: readonly Usage[] = ['clientAuth']
/** etcd's members are each other's clients, with the certificate that they serve. */
const both: readonly Usage[] = ['serverAuth', 'clientAuth']

const apiServerKubeletClient = named('kube-apiserver-kubelet-client')
const etcdHealthcheckClient = named('kube-etcd-healthcheck-client')

export const certificateRows: readonly CertificateRow[] = [
  {
    file: 'apiserver',
    issuer: 'ca',
    usages: server,
    subject: named('kube-apiserver'),
    names: apiServerNames,
  },
  {
    file: 'apiserver-kubelet-client',
    issuer: 'ca',
    usages: client,
    subject: apiServerKubeletClient,
    names: noNames,
  },
  {
    file: 'front-proxy-client',
    issuer: 'frontProxyCa',
    usages: client,
    subject: named('front-proxy-client'),
    names: noNames,
  },
  { file: 'etcd/server', issuer: 'etcdCa', usages: both, subject: nodeName, names: etcdNames },
  { file: 'etcd/peer', issuer: 'etcdCa', usages: both, subject: nodeName, names: etcdNames },
  {
    file: 'etcd/healthcheck-client',
    issuer: 'etcdCa',
    usages: client,
    subject: etcdHealthcheckClient,
    names: noNames,
  },
  {
    file: 'apiserver-etcd-client',
    issuer: 'etcdCa',
    usages: client,
    subject: named('kube-apiserver-etcd-client'),
    names: noNames,
  },
]
