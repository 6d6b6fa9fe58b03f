/**
 * Every certificate, key and kubeconfig that hosts should have. Takes the cluster file, the authorities and what stands on the
 * hosts; gives files. What is right already is kept as it is, so a second run changes nothing; the rest is issued, and says why.
 */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { apiServerPort, kubeletClientCertificate, kubernetesDirectory, pkiDirectory } from '../constants.ts'
import { type Authorities, type AuthorityId, authorityRows } from './authorities.ts'
import { issueLeaf } from './client.ts'
import { durationSeconds } from './duration.ts'
import { readKubeconfig, type Wanted, whyNot } from './keep.ts'
import { type KubeconfigRow, kubeconfigTable } from './kubeconfig-table.ts'
import { clientKubeconfig } from './kubeconfigs.ts'
import { type CertificateRow, certificateTable } from './table.ts'

export type IdentityFile = {
  readonly path: string
  readonly mode: number
  readonly content: string
  readonly secret: boolean
  readonly origin: 'kept' | 'issued'
  readonly why?: string
}

type Existing = Readonly<Record<string, string>>

export type IdentityInput = {
  readonly config: ClusterConfig
  readonly authorities: Authorities
  readonly existing: ReadonlyMap<string, Existing>
  readonly now: Date
}

const open = (path: string, content: string): Omit<IdentityFile, 'origin'> => ({
  path,
  mode: 0o644,
  content,
  secret: false,
})
const secret = (path: string, content: string): Omit<IdentityFile, 'origin'> => ({
  path,
  mode: 0o600,
  content,
  secret: true,
})

const kept = (...files: readonly Omit<IdentityFile, 'origin'>[]): readonly IdentityFile[] =>
  files.map((file) => ({ ...file, origin: 'kept' }))

const issued = (why: string, ...files: readonly Omit<IdentityFile, 'origin'>[]): readonly IdentityFile[] =>
  files.map((file) => ({ ...file, origin: 'issued', why }))

/** The certificate that signs, alone; and what is trusted, which during a rotation is more than that. */
const trustFiles = (authorities: Authorities, id: AuthorityId) => {
  const path = `${pkiDirectory}/${authorityRows[id].file}`
  return [open(`${path}.crt`, authorities[id].certPem), open(`${path}-bundle.crt`, authorities[id].certPem)]
}

const authorityFiles = (authorities: Authorities): readonly IdentityFile[] => {
  const ids = Object.keys(authorityRows) as readonly AuthorityId[]
  return kept(
    ...ids.flatMap((id) => [
      ...trustFiles(authorities, id),
      secret(`${pkiDirectory}/${authorityRows[id].file}.key`, authorities[id].keyPem),
    ]),
    secret(`${pkiDirectory}/sa.key`, authorities.sa.privatePem),
    // kubeadm writes the public key 0600 as well.
    { ...secret(`${pkiDirectory}/sa.pub`, authorities.sa.publicPem), secret: false },
  )
}

const leafFiles = async (
  input: IdentityInput,
  host: HostConfig,
  row: CertificateRow,
): Promise<readonly IdentityFile[]> => {
  const { config, authorities, now } = input
  const existing = input.existing.get(host.name) ?? {}
  const [certPath, keyPath] = [`${pkiDirectory}/${row.file}.crt`, `${pkiDirectory}/${row.file}.key`]
  const wanted: Wanted = {
    commonName: row.commonName(host),
    organizations: [],
    usages: row.usages,
    names: row.names(config, host),
  }
  const standing = { certPem: existing[certPath], keyPem: existing[keyPath] }
  const why = whyNot(standing, wanted, authorities[row.ca], now)
  if (why === undefined)
    return kept(open(certPath, standing.certPem ?? ''), secret(keyPath, standing.keyPem ?? ''))
  const made = await issueLeaf(authorities[row.ca], { ...wanted, ...lifetime(config, now) })
  return issued(why, secret(keyPath, made.keyPem), open(certPath, made.certPem))
}

const lifetime = (config: ClusterConfig, now: Date) => ({
  seconds: durationSeconds(config.certificates.validity),
  now,
  algorithm: config.certificates.algorithm,
})

const serverOf = (config: ClusterConfig, host: HostConfig, row: KubeconfigRow): string => {
  const first = config.hosts.find(({ role }) => role === 'control-plane') ?? host
  const endpoint = config.controlPlane.endpoint ?? { host: first.address, port: apiServerPort }
  return row.server === 'local'
    ? `https://${host.address}:${apiServerPort}`
    : `https://${endpoint.host}:${endpoint.port}`
}

const kubeconfigFile = async (
  input: IdentityInput,
  host: HostConfig,
  row: KubeconfigRow,
): Promise<readonly IdentityFile[]> => {
  const { config, authorities, now } = input
  const path = `${kubernetesDirectory}/${row.file}`
  const text = input.existing.get(host.name)?.[path]
  const standing = readKubeconfig(text)
  const server = serverOf(config, host, row)
  const caPem = authorities.ca.certPem
  const wanted: Wanted = {
    commonName: row.user(host),
    organizations: row.organizations,
    usages: ['client'],
    names: [],
  }
  const sameCluster = standing?.server === server && standing.caPem === caPem
  // The kubelet has rotated: from then on its certificate is its own affair.
  const rotated = row.file === 'kubelet.conf' && standing?.certFile === kubeletClientCertificate
  const why =
    !sameCluster && standing
      ? 'server or CA are others'
      : rotated
        ? undefined
        : whyNot({ certPem: standing?.certPem, keyPem: standing?.keyPem }, wanted, authorities.ca, now)
  if (why === undefined) return kept(secret(path, text ?? ''))
  const made = await issueLeaf(authorities.ca, { ...wanted, ...lifetime(config, now) })
  return issued(
    why,
    secret(
      path,
      clientKubeconfig({ ...made, server, caPem, clusterName: 'kubernetes', user: row.user(host) }),
    ),
  )
}

const hostIdentity = async (input: IdentityInput, host: HostConfig): Promise<readonly IdentityFile[]> => {
  if (host.role === 'worker') return kept(...trustFiles(input.authorities, 'ca'))
  const leaves = await Promise.all(certificateTable.map((row) => leafFiles(input, host, row)))
  const kubeconfigs = await Promise.all(kubeconfigTable.map((row) => kubeconfigFile(input, host, row)))
  return [...authorityFiles(input.authorities), ...leaves.flat(), ...kubeconfigs.flat()]
}

export const issueIdentity = async (
  input: IdentityInput,
): Promise<ReadonlyMap<string, readonly IdentityFile[]>> => {
  const hosts = input.config.hosts.filter(({ name }) => input.existing.has(name))
  return new Map(
    await Promise.all(hosts.map(async (host) => [host.name, await hostIdentity(input, host)] as const)),
  )
}
