/**
 * All certificates of a cluster: those in files, here and on every host that can be reached, and those that are served. Takes the cluster
 * file; gives what was found. No API is asked and no key is read, so it works when the cluster does not.
 */
import { X509Certificate } from 'node:crypto'
import { fileOf, type PortRow, portsOf } from '../certs/ports.ts'
import { readCertificatesHere } from '../certs/read-here.ts'
import { readHostCertificates } from '../certs/read-host.ts'
import type { Everywhere, HostCertificates } from '../certs/types.ts'
import type { HostConfig } from '../config/schema.ts'
import { errorMessage } from '../errors.ts'
import type { Host } from '../host/types.ts'
import { clusterFolder } from '../pki/store.ts'
import type { Cluster } from './cluster.ts'
import { type Absent, connectPresent } from './present-hosts.ts'
import { type Served, servedCertificate } from './served-certificate.ts'

export type Looked = Everywhere & { readonly absent: readonly Absent[] }

const servedOn = async (
  host: Host,
  config: HostConfig,
): Promise<readonly { readonly row: PortRow; readonly served: Served }[]> =>
  Promise.all(
    portsOf(config.role).map(async (row) => {
      const address = row.local ? '127.0.0.1' : config.address
      return { row, served: await servedCertificate(() => host.connect(address, row.port), config.name) }
    }),
  )

const lookAt = async (host: Host, config: HostConfig): Promise<HostCertificates> => {
  const [files, ports] = await Promise.all([readHostCertificates(host), servedOn(host, config)])
  return {
    host: config,
    found: [
      ...files,
      ...ports.flatMap(({ row, served }) =>
        served.kind === 'nothing'
          ? []
          : [
              {
                place: { kind: 'port', port: row.port, file: fileOf(row, files) } as const,
                certificate: new X509Certificate(served.pem),
              },
            ],
      ),
    ],
    silent: ports.flatMap(({ row, served }) =>
      served.kind === 'nothing' ? [{ port: row.port, server: row.server, why: served.why }] : [],
    ),
  }
}

/** A host that is lost half-way is as good as one that was never there: the others are shown all the same. */
export const lookEverywhere = async ({ clusterFile, config, secrets }: Cluster): Promise<Looked> => {
  const { hosts, absent } = await connectPresent({
    clusterFile,
    config,
    hosts: config.hosts,
    acceptNew: false,
    secrets,
  })
  try {
    const looks = config.hosts.flatMap((one) => {
      const host = hosts.get(one.name)
      return host ? [lookAt(host, one).catch((error: unknown) => lost(one.name, error))] : []
    })
    const [looked, here] = await Promise.all([
      Promise.all(looks),
      readCertificatesHere(clusterFolder(clusterFile, config.name)),
    ])
    return {
      hosts: looked.flatMap((one) => ('found' in one ? [one] : [])),
      here,
      absent: [...absent, ...looked.flatMap((one) => ('found' in one ? [] : [one]))],
    }
  } finally {
    await Promise.all([...hosts.values()].map((host) => host.close()))
  }
}

const lost = (host: string, error: unknown): Absent => ({ host, why: errorMessage(error) })
