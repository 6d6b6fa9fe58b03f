/**
 * THE list of what can be renewed, by the names that kubeadm has for it, and which of it is asked for. Takes what a user names, and the
 * files of the hosts; gives what is to be issued anew, host by host. Pure. CAs are not in it: replacing one is a rotation.
 */
import { X509Certificate } from 'node:crypto'
import type { HostRole } from '../config/schema.ts'
import {
  kubeletClientCertificate,
  kubeletConf,
  kubeletServingCertificate,
  kubernetesDirectory,
  pkiDirectory,
} from '../constants.ts'
import type { Authorities } from './authorities.ts'
import { backdateMs } from './certificate.ts'
import { kubeconfigRows } from './kubeconfig-table.ts'
import { readKubeconfig } from './read-kubeconfig.ts'
import { authorityRows, certificateRows } from './table.ts'

type Files = Readonly<Record<string, string>>

export type Renewable = {
  readonly name: string
  readonly roles: readonly HostRole[]
  /** Of its row in the tables; undefined for what is in none of them. */
  readonly file?: string
  /** The certificate that a host has now; '' where it has none. */
  readonly standing: (files: Files) => string
  /** By how much its validity begins before it was issued, where that is not `backdateMs`. */
  readonly backdatedMs?: number
}

const onControlPlanes: readonly HostRole[] = ['control-plane']
const everywhere: readonly HostRole[] = ['control-plane', 'worker']

const embeddedIn = (path: string) => (files: Files) => readKubeconfig(files[path] ?? '')?.certPem ?? ''

/** kubeadm leaves it out, since a kubelet renews it by itself; but only towards its end, and not while it is off. */
export const kubeletClientName = 'kubelet.conf'
export const kubeletServingName = 'kubelet-serving'
/** The administrator's, in the cluster's folder on this machine. */
export const ownKubeconfigName = 'kubeconfig'

export const renewables: readonly Renewable[] = [
  ...certificateRows.map(({ file }) => ({
    name: file.replace('/', '-'),
    roles: onControlPlanes,
    file,
    standing: (files: Files) => files[`${pkiDirectory}/${file}.crt`] ?? '',
  })),
  ...kubeconfigRows
    .filter(({ renewedByKubelet }) => !renewedByKubelet)
    .map(({ file }) => ({
      name: file,
      roles: onControlPlanes,
      file,
      standing: embeddedIn(`${kubernetesDirectory}/${file}`),
    })),
  {
    name: kubeletClientName,
    roles: everywhere,
    file: kubeletClientName,
    standing: (files) => files[kubeletClientCertificate] || embeddedIn(kubeletConf)(files),
  },
  {
    name: kubeletServingName,
    roles: everywhere,
    standing: (files) => files[kubeletServingCertificate] ?? '',
    // client-go's GenerateSelfSignedCertKey: an hour, for clocks that are not exact.
    backdatedMs: 3_600_000,
  },
]

export const renewalNames: readonly string[] = [...renewables.map(({ name }) => name), ownKubeconfigName]

export type Asked = {
  /** undefined: all. */
  readonly names: readonly string[] | undefined
  /** Only what was issued longer ago than this. */
  readonly olderThanSeconds: number | undefined
}

export type RenewalHost = { readonly name: string; readonly role: HostRole; readonly files: Files }

type Chosen = { readonly host: string; readonly name: string; readonly file?: string | undefined }

export type Renewal = {
  /** For issueIdentity: by the `file` of a row, and the host. */
  readonly renew: (file: string, host: string) => boolean
  readonly has: (name: string, host: string) => boolean
  readonly count: number
}

const renewalIn = (chosen: readonly Chosen[]): Renewal => ({
  renew: (file, host) => chosen.some((each) => each.file === file && each.host === host),
  has: (name, host) => chosen.some((each) => each.name === name && each.host === host),
  count: chosen.length,
})

const choose = (hosts: readonly RenewalHost[], wanted: (one: Renewable, pem: string) => boolean): Renewal =>
  renewalIn(
    hosts.flatMap(({ name: host, role, files }) =>
      renewables
        .filter((one) => one.roles.includes(role) && wanted(one, one.standing(files)))
        .map(({ name, file }) => ({ host, name, file })),
    ),
  )

/** undefined for what cannot be read. */
const datesOf = (pem: string): { readonly from: Date; readonly until: Date } | undefined => {
  try {
    const { validFromDate, validToDate } = new X509Certificate(pem)
    return { from: validFromDate, until: validToDate }
  } catch {
    return undefined
  }
}

const hasExpired = (pem: string, now: Date): boolean => {
  const dates = datesOf(pem)
  return dates === undefined || dates.until <= now
}

/** What cannot be read is as old as can be. */
const issuedAt = (pem: string, backdatedMs = backdateMs): number => {
  const from = datesOf(pem)?.from.getTime()
  return from === undefined ? 0 : from + backdatedMs
}

export const isAskedFor = (
  { names, olderThanSeconds }: Asked,
  { name, backdatedMs }: Pick<Renewable, 'name' | 'backdatedMs'>,
  pem: string,
  now: Date,
): boolean =>
  (names === undefined || names.includes(name)) &&
  (olderThanSeconds === undefined || now.getTime() - issuedAt(pem, backdatedMs) > olderThanSeconds * 1000)

/** What a host does not have is not renewed: what it should have, it is given all the same. */
export const renewalOf = (asked: Asked, hosts: readonly RenewalHost[], now: Date): Renewal =>
  choose(hosts, (one, pem) => pem !== '' && isAskedFor(asked, one, pem, now))

/**
 * What has expired or is gone, where nobody is left to sign for a kubelet. A serving certificate that is gone its kubelet makes; what
 * is in the tables is issued anew whenever it is not good.
 */
export const overdue = (hosts: readonly RenewalHost[], now: Date): Renewal =>
  choose(
    hosts,
    ({ name }, pem) =>
      hasExpired(pem, now) && (name === kubeletClientName || (name === kubeletServingName && pem !== '')),
  )

/** What a CA signs ends with it. */
export const expiredAuthority = (
  authorities: Authorities,
  now: Date,
): { readonly file: string; readonly until: Date } | undefined =>
  authorityRows
    .map(({ id, file }) => ({ file, until: new X509Certificate(authorities[id].certPem).validToDate }))
    .find(({ until }) => until <= now)
