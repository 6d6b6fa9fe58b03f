/**
 * The cluster's folder, as the cluster file wants it read: CAs of the user's own are held against what the cluster has, and sign by
 * whatever has their keys. Takes the cluster; gives its store.
 */
import { readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { localPath } from '../config/paths.ts'
import { UserError } from '../errors.ts'
import { type Authorities, adoptAuthorities, createAuthorities } from '../pki/authorities.ts'
import { type GivenAuthorities, readGiven, withGiven } from '../pki/given.ts'
import type { Issuing } from '../pki/issue.ts'
import { signersOf } from '../pki/program-signer.ts'
import { clusterFolder, openStore, type Store } from '../pki/store.ts'
import { authorityRows } from '../pki/table.ts'
import type { Cluster } from './cluster.ts'

export type ClusterStore = Store & {
  /** Where the folder was lost: from a control plane's files. undefined when there is no cluster on it. */
  readonly adopt: (files: Readonly<Record<string, string>>) => Promise<Authorities | undefined>
  readonly create: () => Promise<Authorities>
}

const readNamed = async (named: string, path: string): Promise<string> =>
  readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`${named}: cannot read ${path}`, { cause })
  })

const readKey = async (named: string, path: string): Promise<string> => {
  const key = await readNamed(named, path)
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return key
  throw new UserError(`${named}: ${path} can be read by others (mode ${(mode & 0o777).toString(8)})`, {
    hint: `chmod 600 ${path}`,
  })
}

const givenAuthorities = async ({ clusterFile, config }: Cluster): Promise<GivenAuthorities> => {
  const folder = dirname(resolve(clusterFile))
  const path = (file: string): string => localPath(file, { folder, home: homedir() })
  const { authorities, signer } = config.certificates
  const signerFor = signer && signersOf({ command: signer, folder })
  const read = authorityRows.map(async ({ id, file }): Promise<readonly [string, Issuing][]> => {
    const given = authorities[id]
    if (!given) return []
    const named = `certificates.authorities.${id}`
    const certificates = await readNamed(named, path(given.certificate))
    const key = given.key === undefined ? undefined : await readKey(named, path(given.key))
    const one = readGiven({ named, certificates, key }, new Date())
    const external = signerFor && key === undefined
    return [[id, external ? { ...one, signer: signerFor(file, one.certPem) } : one]]
  })
  return Object.fromEntries((await Promise.all(read)).flat())
}

export const clusterStore = (cluster: Cluster): ClusterStore => {
  const { clusterFile, config, passphrase } = cluster
  const store = openStore(clusterFolder(clusterFile, config.name), passphrase)
  const fitted = async (authorities: Authorities | undefined): Promise<Authorities | undefined> =>
    authorities && withGiven(authorities, await givenAuthorities(cluster), store.folder)
  return {
    ...store,
    load: async () => fitted(await store.load()),
    adopt: async (files) => fitted(adoptAuthorities(files)),
    create: async () => ({
      ...(await createAuthorities(config.certificates, new Date())),
      ...(await givenAuthorities(cluster)),
    }),
  }
}
