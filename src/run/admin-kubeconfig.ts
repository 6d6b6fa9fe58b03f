/** The administrator's kubeconfig in the cluster's folder. Takes the cluster file; gives the path. Written again when it would expire. */

import { X509Certificate } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { serverUrl } from '../phases/render-input.ts'
import { mintClient } from '../pki/client.ts'
import { durationSeconds } from '../pki/duration.ts'
import { readKubeconfig } from '../pki/keep.ts'
import { clientKubeconfig } from '../pki/kubeconfigs.ts'
import { clusterFolder, openStore, writePrivate } from '../pki/store.ts'

export const adminKubeconfig = async (clusterFile: string, config: ClusterConfig): Promise<string> => {
  const authorities = await openStore(clusterFolder(clusterFile, config.name)).load()
  if (!authorities)
    throw new UserError(`there is no cluster ${config.name} yet`, {
      hint: `make it: slipway apply -c ${clusterFile}`,
    })
  const client = await mintClient({
    authorities,
    commonName: 'kubernetes-admin',
    organizations: ['kubeadm:cluster-admins'],
    seconds: durationSeconds(config.certificates.validity),
    now: new Date(),
  })
  return clientKubeconfig({
    ...client,
    server: serverUrl(config),
    caPem: authorities.ca.certPem,
    clusterName: config.name,
    user: 'kubernetes-admin',
  })
}

const isGood = async (path: string, config: ClusterConfig): Promise<boolean> => {
  if (!existsSync(path)) return false
  const read = readKubeconfig(await readFile(path, 'utf8'))
  if (read?.server !== serverUrl(config) || !read.certPem) return false
  return new Date(new X509Certificate(read.certPem).validTo) > new Date()
}

export const writeAdminKubeconfig = async (clusterFile: string, config: ClusterConfig): Promise<string> => {
  const path = join(clusterFolder(clusterFile, config.name), 'kubeconfig')
  if (!(await isGood(path, config))) await writePrivate(path, await adminKubeconfig(clusterFile, config))
  return path
}
