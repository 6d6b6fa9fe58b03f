/** The administrator's kubeconfig in the cluster's folder. Takes the cluster file; gives the path. Written again when it would expire. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDuration } from '../config/duration.ts'
import { serverUrl } from '../phases/render-input.ts'
import { writePrivately } from '../pki/atomic-write.ts'
import { trustBundle } from '../pki/authorities.ts'
import { canSign } from '../pki/issue.ts'
import { whyKubeconfigNotKept } from '../pki/keep-kubeconfig.ts'
import { administratorId, administrators, certifiedPair } from '../pki/requests.ts'
import { clusterFolder } from '../pki/store.ts'
import { authoritiesOf, issueKubeconfig } from './client-kubeconfig.ts'
import type { Cluster } from './cluster.ts'

export const administrator = administrators.admin

/** The path of a kubeconfig that is good now. `anew`: of another one, though nothing is wrong with the one there is. */
export const writeAdminKubeconfig = async (
  cluster: Cluster,
  { anew = false }: { readonly anew?: boolean } = {},
): Promise<string> => {
  const { clusterFile, config } = cluster
  const path = join(clusterFolder(clusterFile, config.name), 'kubeconfig')
  const authorities = await authoritiesOf(cluster)
  const standing = await readFile(path, 'utf8').catch(() => undefined)
  const wanted = {
    subject: administrator,
    usages: ['clientAuth'] as const,
    names: [],
    server: serverUrl(config),
    trustPem: trustBundle(authorities.ca),
    authorityPem: authorities.ca.certPem,
  }
  if (anew || whyKubeconfigNotKept(standing, wanted, new Date()) !== undefined) {
    const seconds = parseDuration(config.certificates.validity)
    const certified = canSign(authorities.ca)
      ? undefined
      : certifiedPair(authorities, administratorId('admin'))
    const request = { subject: administrator, seconds, certified }
    const { text } = await issueKubeconfig(config, authorities, request)
    await writePrivately(path, text)
  }
  return path
}
