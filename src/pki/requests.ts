/**
 * What a CA whose key is kept elsewhere is asked to sign, a request a certificate. Takes the cluster file, and what was asked for and
 * given before; gives the list, and what of it is still open. Pure.
 */
import { keptElsewhere } from '../config/certificate-keys.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { kubernetesDirectory } from '../constants.ts'
import { UserError } from '../errors.ts'
import { type Authorities, requestsFolder } from './authorities.ts'
import type { PemPair, Wanted } from './issue.ts'
import { whyNotKept } from './keep.ts'
import { kubeconfigRows } from './kubeconfig-table.ts'
import { type AuthorityId, authorityRows, certificateRows } from './table.ts'

export type Request = {
  /** `hosts/cp1/etcd/server`: the path of its files in the cluster's folder, without their endings. */
  readonly id: string
  readonly issuer: AuthorityId
  readonly wanted: Wanted
}

const ofHost = (host: string, file: string): string => `hosts/${host}/${file}`

/** Slipway's own, on this machine. The second one starts a cluster, and is of no use later. */
export const administrators = {
  admin: { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] },
  'super-admin': { commonName: 'kubernetes-super-admin', organizations: ['system:masters'] },
} as const

export const administratorId = (name: keyof typeof administrators): string => `workstation/${name}`

const clientRequest = (id: string, subject: Wanted['subject']): Request => ({
  id,
  issuer: 'ca',
  wanted: { subject, usages: ['clientAuth'], names: [] },
})

const onEveryHost = (host: HostConfig): readonly Request[] =>
  kubeconfigRows
    .filter(({ renewedByKubelet }) => renewedByKubelet || host.role === 'control-plane')
    .map(({ file, subject }) => clientRequest(ofHost(host.name, file), subject(host)))

const onControlPlane = (config: ClusterConfig, host: HostConfig): readonly Request[] =>
  certificateRows.map(({ file, issuer, usages, subject, names }) => ({
    id: ofHost(host.name, file),
    issuer,
    wanted: { subject: subject(host), usages, names: names(config, host) },
  }))

/** Where a program signs, nobody is asked. */
export const requestsFor = (config: ClusterConfig): readonly Request[] => {
  const asked = config.certificates.signer === undefined ? keptElsewhere(config) : []
  const all = [
    ...config.hosts.flatMap((host) => [
      ...(host.role === 'control-plane' ? onControlPlane(config, host) : []),
      ...onEveryHost(host),
    ]),
    ...(['admin', 'super-admin'] as const).map((name) =>
      clientRequest(administratorId(name), administrators[name]),
    ),
  ]
  return all.filter(({ issuer }) => asked.includes(issuer))
}

/** In the folder that goes to those who sign, one for each CA: `etcd-ca/cp1.etcd-server.csr`. */
export const requestFile = ({ id, issuer }: Request, ending: string): string => {
  const folder = authorityRows.find((row) => row.id === issuer)?.file.replace('/', '-') ?? issuer
  const [, owner = '', ...file] = id.split('/')
  return `${folder}/${[owner, ...(file.length > 0 ? [file.join('-')] : [])].join('.')}.${ending}`
}

/** Paths in the cluster's folder: of what was certified, and of a key that is waiting for it. */
export const certifiedFile = (id: string, ending: 'crt' | 'key'): string =>
  `${requestsFolder}/${id}.${ending}`
export const waitingKeyFile = (id: string): string => `${requestsFolder}/${id}.waiting.key`

export const certifiedPair = ({ requested = {} }: Authorities, id: string): PemPair | undefined => {
  const [certPem, keyPem] = [requested[certifiedFile(id, 'crt')], requested[certifiedFile(id, 'key')]]
  return certPem === undefined || keyPem === undefined ? undefined : { certPem, keyPem }
}

export const certifiedFor = (authorities: Authorities, host: string, file: string): PemPair | undefined =>
  certifiedPair(authorities, ofHost(host, file))

export type OpenRequest = Request & { readonly why: string }

/** Those for which there is nothing that could be used now. */
export const openRequests = (
  requests: readonly Request[],
  authorities: Authorities,
  now: Date,
): readonly OpenRequest[] =>
  requests.flatMap((request) => {
    const { id, issuer, wanted } = request
    const why = whyNotKept(certifiedPair(authorities, id) ?? {}, wanted, authorities[issuer].certPem, now)
    return why === undefined ? [] : [{ ...request, why }]
  })

/** Nothing is done before all of it is there. What starts a cluster is not missed once there is one. */
export const refuseOpen = (
  config: ClusterConfig,
  authorities: Authorities,
  onFirst: Readonly<Record<string, string>>,
): void => {
  const begun = onFirst[`${kubernetesDirectory}/admin.conf`] !== undefined
  const needed = requestsFor(config).filter(({ id }) => !(begun && id === administratorId('super-admin')))
  const open = openRequests(needed, authorities, new Date())
  if (open.length === 0) return
  const lines = open.map(({ id, issuer, why }) => `  ${id.replace(/^[^/]*\//, '')} (${issuer}): ${why}`)
  throw new UserError(
    [`${open.length} certificates of CAs that are kept elsewhere are not there:`, ...lines].join('\n'),
    {
      hint: 'nothing was touched; ask for them: slipway certs csr, and take in what was signed: slipway certs import',
    },
  )
}

/** What others sign is not made anew here. */
export const refuseToRenew = (config: ClusterConfig): void => {
  if (!requestsFor(config).some(({ issuer }) => issuer === 'ca')) return
  throw new UserError('the certificates of this cluster are signed by CAs whose keys are kept elsewhere', {
    hint: 'ask for new ones: slipway certs csr --all; take them in: slipway certs import; bring them to the hosts: slipway apply',
  })
}
