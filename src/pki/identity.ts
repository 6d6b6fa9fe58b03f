/**
 * Every file by which a host is known and knows others. Takes the cluster file, the authorities and what stands on the hosts; gives
 * the files of each host: what is good there stays as it is, byte for byte; what is not is issued anew, with the reason.
 */

import { keysOnHosts } from '../config/certificate-keys.ts'
import { parseDuration } from '../config/duration.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { kubeletClientCertificate, kubeletConf, kubernetesDirectory, pkiDirectory } from '../constants.ts'
import { type Authorities, authorityFiles, authorityKeyFiles, trustBundle } from './authorities.ts'
import { validityFor } from './certificate.ts'
import { canSign, issuePair, type PemPair, type Wanted } from './issue.ts'
import { whyCertificateNotKept, whyNotKept } from './keep.ts'
import { whyKubeconfigNotKept } from './keep-kubeconfig.ts'
import { clusterServer, type KubeconfigRow, kubeconfigRows, ownServer } from './kubeconfig-table.ts'
import { adminKubeconfig, clusterNameOfKubeadm, kubeletKubeconfig } from './kubeconfigs.ts'
import { readKubeconfig } from './read-kubeconfig.ts'
import { certifiedFor } from './requests.ts'
import { type AuthorityId, type CertificateRow, certificateRows } from './table.ts'

export type IdentityFile = {
  readonly path: string
  readonly mode: number
  readonly content: string
  readonly secret: boolean
  readonly origin: 'kept' | 'issued'
  /** Why it could not stay as it was. */
  readonly why?: string
}

type Files = Readonly<Record<string, string>>

export type IdentityInput = {
  readonly config: ClusterConfig
  readonly authorities: Authorities
  /** What stands on each host, by path. A host that was not looked at gets nothing: it may have all that it needs. */
  readonly existing: ReadonlyMap<string, Files>
  readonly now: Date
  /** Which certificates and kubeconfigs are issued anew though nothing is wrong with them: by the `file` of their row, and the host. */
  readonly renew?: ((file: string, host: string) => boolean) | undefined
}

type HostInput = Omit<IdentityInput, 'existing'> & { readonly host: HostConfig; readonly existing: Files }

const askedFor = ({ renew, host }: HostInput, file: string): string | undefined =>
  renew?.(file, host.name) ? 'a new one is asked for' : undefined

/** What every worker needs: whom to trust. Its certificate its kubelet asks for itself. */
const workerFiles: readonly string[] = ['ca.crt', 'ca-bundle.crt']

/** kubeadm writes sa.pub as it writes keys (kubeadm.md 1.2). */
const isPublic = (path: string): boolean => path.endsWith('.crt')

const pkiFile = (
  name: string,
  content: string,
  origin: IdentityFile['origin'],
  why?: string,
): IdentityFile => ({
  path: `${pkiDirectory}/${name}`,
  mode: isPublic(name) ? 0o644 : 0o600,
  content,
  secret: name.endsWith('.key'),
  origin,
  ...(why === undefined ? {} : { why }),
})

const authorityFile = (name: string, content: string, existing: Files): IdentityFile => {
  const there = existing[`${pkiDirectory}/${name}`]
  if (there === content) return pkiFile(name, content, 'kept')
  return pkiFile(name, content, 'issued', there ? "it is not this cluster's" : 'there is none yet')
}

/** What is issued: which file of which host, by whom. */
type Issued = { readonly issuer: AuthorityId; readonly file: string }

/** Of a CA that does not sign here, what it was asked for and gave. */
const certified = ({ authorities, host }: HostInput, { issuer, file }: Issued): PemPair | undefined =>
  canSign(authorities[issuer]) ? undefined : certifiedFor(authorities, host.name, file)

const issue = async (input: HostInput, wanted: Wanted, issued: Issued): Promise<PemPair> => {
  const { config, authorities, now } = input
  const { algorithm, validity } = config.certificates
  const wantedNow = { algorithm, validity: validityFor(now, parseDuration(validity)) }
  return certified(input, issued) ?? issuePair(wanted, authorities[issued.issuer], wantedNow)
}

const otherCertified = (input: HostInput, issued: Issued, certPem: string): string | undefined =>
  (certified(input, issued)?.certPem ?? certPem) === certPem ? undefined : 'its CA has signed another one'

const certificateFiles = async (row: CertificateRow, input: HostInput): Promise<readonly IdentityFile[]> => {
  const { config, authorities, existing, host, now } = input
  const wanted = { subject: row.subject(host), usages: row.usages, names: row.names(config, host) }
  const there = {
    certPem: existing[`${pkiDirectory}/${row.file}.crt`] ?? '',
    keyPem: existing[`${pkiDirectory}/${row.file}.key`] ?? '',
  }
  const why =
    whyNotKept(there, wanted, authorities[row.issuer].certPem, now) ??
    askedFor(input, row.file) ??
    otherCertified(input, row, there.certPem)
  const { certPem, keyPem } = why === undefined ? there : await issue(input, wanted, row)
  const origin = why === undefined ? 'kept' : 'issued'
  return [pkiFile(`${row.file}.key`, keyPem, origin, why), pkiFile(`${row.file}.crt`, certPem, origin, why)]
}

const kubeconfigFile = async (row: KubeconfigRow, input: HostInput): Promise<IdentityFile> => {
  const { config, authorities, existing, host, now } = input
  const path = `${kubernetesDirectory}/${row.file}`
  const subject = row.subject(host)
  const server = row.server(config, host)
  const wanted: Wanted = { subject, usages: ['clientAuth'], names: [] }
  const trustPem = trustBundle(authorities.ca)
  const kubeletPem = row.renewedByKubelet ? (existing[kubeletClientCertificate] ?? '') : undefined
  const there = existing[path] ?? ''
  const around = { server, trustPem, authorityPem: authorities.ca.certPem, kubeletPem }
  const issued = { issuer: 'ca', file: row.file } as const
  const why =
    whyKubeconfigNotKept(there, { ...wanted, ...around }, now) ??
    askedFor(input, row.file) ??
    otherCertified(input, issued, readKubeconfig(there)?.certPem ?? '')
  const file = { path, mode: 0o600, secret: true } as const
  if (why === undefined) return { ...file, content: there, origin: 'kept' }
  const renewed =
    kubeletPem && whyCertificateNotKept(kubeletPem, wanted, authorities.ca.certPem, now) === undefined
  const content = renewed
    ? ownKubeconfig(host, server, trustPem)
    : adminKubeconfig({
        server,
        caPem: trustPem,
        ...(await issue(input, wanted, issued)),
        name: clusterNameOfKubeadm,
        user: subject.commonName,
      })
  return { ...file, content, origin: 'issued', why }
}

/** Of a kubelet that has a certificate and renews it by itself. */
const ownKubeconfig = ({ name }: HostConfig, server: string, caPem: string): string =>
  kubeletKubeconfig({ server, caPem, nodeName: name, pemFile: kubeletClientCertificate })

/**
 * A worker's kubelet makes its kubeconfig itself when it joins, and never looks at it again: not when other CAs are to be trusted.
 * Where nobody in the cluster signs, no kubelet does: the certificate is given to each, and what names it as well.
 */
const kubeletConfBesideCertificate = ({
  config,
  authorities,
  host,
  existing,
}: HostInput): readonly IdentityFile[] => {
  const there = existing[kubeletConf]
  const given = !keysOnHosts(config)
  if (there === undefined && !given) return []
  const server = host.role === 'worker' ? clusterServer(config) : ownServer(config, host)
  const caPem = trustBundle(authorities.ca)
  const read = readKubeconfig(there ?? '')
  // It names its key; what stands there may hold one.
  const secret = there !== undefined && read?.certFile === undefined
  const file = { path: kubeletConf, mode: 0o600, secret } as const
  const named = !given || read?.certFile === kubeletClientCertificate
  if (there !== undefined && named && read?.server === server && read.caPem === caPem)
    return [{ ...file, content: there, origin: 'kept' }]
  const why = there ? 'it trusts other CAs, or the API has another address' : 'there is none yet'
  return [{ ...file, content: ownKubeconfig(host, server, caPem), origin: 'issued', why }]
}

const authoritiesOn = ({ config, authorities, existing }: HostInput): readonly IdentityFile[] =>
  Object.entries(authorityFiles(authorities))
    .filter(([name]) => keysOnHosts(config) || !authorityKeyFiles.includes(name))
    .map(([name, content]) => authorityFile(name, content, existing))

const controlPlaneFiles = async (input: HostInput): Promise<readonly IdentityFile[]> => {
  const given = !keysOnHosts(input.config)
  const rows = kubeconfigRows.filter(({ renewedByKubelet }) => !(given && renewedByKubelet))
  const certificates = await Promise.all(certificateRows.map((row) => certificateFiles(row, input)))
  const kubeconfigs = await Promise.all(rows.map((row) => kubeconfigFile(row, input)))
  const ofKubelet = given ? kubeletConfBesideCertificate(input) : []
  return [...authoritiesOn(input), ...certificates.flat(), ...kubeconfigs, ...ofKubelet]
}

const hostFiles = async (input: HostInput): Promise<readonly IdentityFile[]> => {
  if (input.host.role === 'control-plane') return controlPlaneFiles(input)
  const all = authorityFiles(input.authorities)
  const trust = workerFiles.map((name) => authorityFile(name, all[name] ?? '', input.existing))
  return [...trust, ...kubeletConfBesideCertificate(input)]
}

export const issueIdentity = async ({
  config,
  authorities,
  existing,
  now,
  renew,
}: IdentityInput): Promise<ReadonlyMap<string, readonly IdentityFile[]>> =>
  new Map(
    await Promise.all(
      config.hosts.flatMap((host) => {
        const there = existing.get(host.name)
        if (!there) return []
        const files = hostFiles({ config, authorities, host, existing: there, now, renew })
        return [files.then((issued) => [host.name, issued] as const)]
      }),
    ),
  )
