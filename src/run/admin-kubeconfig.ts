/** The administrator's kubeconfig in the cluster's folder. Takes the cluster file; gives the path. Written again when it would expire. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDuration } from '../config/duration.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { serverUrl } from '../phases/render-input.ts'
import { writePrivately } from '../pki/atomic-write.ts'
import { type Authorities, trustBundle } from '../pki/authorities.ts'
import { mintClient } from '../pki/client.ts'
import { whyKubeconfigNotKept } from '../pki/keep-kubeconfig.ts'
import { adminKubeconfig } from '../pki/kubeconfigs.ts'
import { clusterFolder, openStore } from '../pki/store.ts'
import type { Cluster } from './cluster.ts'

const admin = { commonName: 'kubernetes-admin', organizations: ['kubeadm:cluster-admins'] } as const

const authoritiesOf = async ({ clusterFile, config, passphrase }: Cluster): Promise<Authorities> => {
  const authorities = await openStore(clusterFolder(clusterFile, config.name), passphrase).load()
  if (authorities) return authorities
  throw new UserError(`there is no cluster ${config.name} yet`, {
    hint: `make it: slipway apply -c ${clusterFile}`,
  })
}

const issueAdminKubeconfig = async (config: ClusterConfig, authorities: Authorities): Promise<string> => {
  const seconds = parseDuration(config.certificates.validity)
  const client = await mintClient({ ...admin, authorities, seconds, now: new Date() })
  const caPem = trustBundle(authorities.ca)
  return adminKubeconfig({
    ...client,
    server: serverUrl(config),
    caPem,
    name: config.name,
    user: admin.commonName,
  })
}

/** The path of a kubeconfig that is good now. */
export const writeAdminKubeconfig = async (cluster: Cluster): Promise<string> => {
  const { clusterFile, config } = cluster
  const path = join(clusterFolder(clusterFile, config.name), 'kubeconfig')
  const authorities = await authoritiesOf(cluster)
  const standing = await readFile(path, 'utf8').catch(() => undefined)
  const wanted = {
    subject: admin,
    usages: ['clientAuth'] as const,
    names: [],
    server: serverUrl(config),
    trustPem: trustBundle(authorities.ca),
    authorityPem: authorities.ca.certPem,
  }
  if (whyKubeconfigNotKept(standing, wanted, new Date()) !== undefined)
    await writePrivately(path, await issueAdminKubeconfig(config, authorities))
  return path
}
