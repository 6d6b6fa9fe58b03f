/**
 * All certificates of a cluster: those in files, here and on every host that can be reached, and those that are served. Takes the cluster
 * file; gives what was found. No API is asked and no key is read, so it works when the cluster does not.
 */
import { X509Certificate } from 'node:crypto'
import { fileOf, type PortRow, portsOf } from '../certs/ports.ts'
import { readCertificatesHere } from '../certs/read-here.ts'
import { readHostCertificates } from '../certs/read-host.ts'
import type { Everywhere, Found, HostCertificates, Silent } from '../certs/types.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { errorMessage } from '../errors.ts'
import type { Host } from '../host/types.ts'
import { clusterFolder } from '../pki/store.ts'
import type { Cluster } from './cluster.ts'
import { type Absent, connectPresent } from './present-hosts.ts'
import { type Served, servedCertificate } from './served-certificate.ts'

export type Looked = Everywhere & { readonly absent: readonly Absent[] }

type Asked = { readonly row: PortRow; readonly served: Served }

const askPorts = (host: Host, { name, address, role }: HostConfig): Promise<readonly Asked[]> =>
  Promise.all(
    portsOf(role).map(async (row) => {
      const dial = () => host.connect(row.local ? '127.0.0.1' : address, row.port)
      return { row, served: await servedCertificate(dial, name) }
    }),
  )

const foundOn = ({ row, served }: Asked, files: readonly Found[]): readonly Found[] => {
  if (served.kind === 'nothing') return []
  const place = { kind: 'port', port: row.port, file: fileOf(row, files) } as const
  return [{ place, certificate: new X509Certificate(served.pem) }]
}

const silentOn = ({ row, served }: Asked): readonly Silent[] =>
  served.kind === 'served' ? [] : [{ port: row.port, server: row.server, why: served.why }]

const lookAt = async (host: Host, config: HostConfig): Promise<HostCertificates> => {
  const [files, asked] = await Promise.all([readHostCertificates(host), askPorts(host, config)])
  return {
    host: config,
    found: [...files, ...asked.flatMap((one) => foundOn(one, files))],
    silent: asked.flatMap(silentOn),
  }
}

const lookAtHosts = async (
  config: ClusterConfig,
  connected: ReadonlyMap<string, Host>,
): Promise<Pick<Looked, 'hosts' | 'absent'>> => {
  const present = config.hosts.flatMap((one) => {
    const host = connected.get(one.name)
    return host ? [{ one, host }] : []
  })
  const outcomes = await Promise.allSettled(present.map(({ one, host }) => lookAt(host, one)))
  return {
    hosts: outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    // One that is lost half-way is as good as one that was never there: the others are shown all the same.
    absent: present.flatMap(({ one }, at) => {
      const outcome = outcomes[at]
      return outcome?.status === 'rejected' ? [{ host: one.name, why: errorMessage(outcome.reason) }] : []
    }),
  }
}

export const lookEverywhere = async ({ clusterFile, config, secrets }: Cluster): Promise<Looked> => {
  const connections = { clusterFile, config, hosts: config.hosts, acceptNew: false, secrets }
  const { hosts: connected, absent } = await connectPresent(connections)
  try {
    const [looked, here] = await Promise.all([
      lookAtHosts(config, connected),
      readCertificatesHere(clusterFolder(clusterFile, config.name)),
    ])
    return { hosts: looked.hosts, here, absent: [...absent, ...looked.absent] }
  } finally {
    await Promise.all([...connected.values()].map((host) => host.close()))
  }
}
