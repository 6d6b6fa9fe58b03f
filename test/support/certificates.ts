/** The certificates of a cluster that works, as `certs check` finds them; tests change what they are about. */
import { X509Certificate } from 'node:crypto'
import { readCertificates, readKubeconfigCertificates } from '../../src/certs/places.ts'
import { fileOf, portsOf } from '../../src/certs/ports.ts'
import type { Everywhere, Found, HostCertificates, Row } from '../../src/certs/types.ts'
import type { ClusterConfig, HostConfig } from '../../src/config/schema.ts'
import type { Authorities } from '../../src/pki/authorities.ts'
import { mintClient } from '../../src/pki/client.ts'
import { openStore } from '../../src/pki/store.ts'
import { authorityRows } from '../../src/pki/table.ts'
import { joinedHosts } from './rotation.ts'

export const foundIn = (files: Readonly<Record<string, string>>): readonly Found[] =>
  Object.entries(files).flatMap(([path, text]) => {
    if (path.endsWith('.conf')) return readKubeconfigCertificates(path, text)
    return /\.(crt|pem)$/.test(path) ? readCertificates({ kind: 'file', path }, text) : []
  })

/** Every port serves what is in its file; those without one are left out. */
const servedFrom = (host: HostConfig, found: readonly Found[]): readonly Found[] =>
  portsOf(host.role).flatMap((row) => {
    const file = fileOf(row, found)
    const standing = found.find(({ place }) => place.kind === 'file' && place.path === file)
    return standing ? [{ ...standing, place: { kind: 'port', port: row.port, file } }] : []
  })

export type Files = Readonly<Record<string, Readonly<Record<string, string>>>>

/** `changes`: other files of a host, by name. */
export const everywhere = async (
  config: ClusterConfig,
  authorities: Authorities,
  now: Date,
  changes: Files = {},
): Promise<Everywhere> => {
  const files = await joinedHosts(config, authorities, now)
  const hosts = config.hosts.map((host): HostCertificates => {
    const found = foundIn({ ...files[host.name], ...changes[host.name] })
    return { host, found: [...found, ...servedFrom(host, found)], silent: [] }
  })
  const here = authorityRows.map(({ id, file }) => [
    `/c/.slipway/demo/pki/${file}.crt`,
    authorities[id].certPem,
  ])
  return { hosts, here: foundIn(Object.fromEntries(here)) }
}

export const served = (port: number, file: string | undefined, pem: string): Found => ({
  place: { kind: 'port', port, file },
  certificate: new X509Certificate(pem),
})

/** `cp1 /etc/kubernetes/pki/apiserver.crt: expired`, of what has problems alone. */
export const wrong = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap(({ host = 'here', place, problems }) => {
    const where = place.kind === 'port' ? `:${place.port}` : place.path
    return problems.map((problem) => `${host} ${where}: ${problem}`)
  })

/** A certificate that the CA in a cluster's folder has signed, long ago. */
export const expiredIn = async (folder: string): Promise<string> => {
  const authorities = await openStore(folder).load()
  if (!authorities) throw new Error(`there is no cluster in ${folder}`)
  const now = new Date('2020-01-01')
  const who = { commonName: 'kube-apiserver', organizations: [] }
  return (await mintClient({ authorities, ...who, seconds: 60, now })).certPem
}
