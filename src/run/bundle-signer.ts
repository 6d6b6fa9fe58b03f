/**
 * Who may sign a cluster's bundles: whom its file names, else who signed the first one that was installed, as with the keys of hosts.
 * Takes a cluster and a bundle for it; gives nothing, or an error before any host is touched.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bundle } from '../bundle/open.ts'
import { mustBeSignedBy } from '../bundle/pinned-signer.ts'
import { readPublicKey } from '../bundle/public-key.ts'
import { writePrivately } from '../pki/atomic-write.ts'
import { clusterFolder } from '../pki/store.ts'
import type { Cluster } from './cluster.ts'
import type { Emit } from './events.ts'

const fileOf = ({ clusterFile, config }: Cluster): string =>
  join(clusterFolder(clusterFile, config.name), 'bundle-signer')

const readPinned = async (file: string): Promise<string | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : readPublicKey(text, file)
}

export const mustBeOfKnownSigner = async (cluster: Cluster, bundle: Bundle): Promise<void> => {
  const { publicKey } = cluster.config.bundle
  if (publicKey !== undefined)
    return mustBeSignedBy(bundle, publicKey, 'bundle.publicKey in the cluster file')
  const file = fileOf(cluster)
  const pinned = await readPinned(file)
  if (pinned !== undefined) mustBeSignedBy(bundle, pinned, `${file}, written at the first install,`)
}

/** Once: what is there already, or is in the cluster file, stays. */
export const rememberSigner = async (
  cluster: Cluster,
  { signer }: Pick<Bundle, 'signer'>,
  emit: Emit,
): Promise<void> => {
  const { clusterFile, config } = cluster
  const file = fileOf(cluster)
  if (config.bundle.publicKey !== undefined || existsSync(file)) return
  await mkdir(clusterFolder(clusterFile, config.name), { recursive: true, mode: 0o700 })
  await writePrivately(file, `${signer}\n`)
  emit({
    kind: 'message',
    level: 'info',
    text: `The bundle is signed by ${signer}: from now on ${config.name} takes no other signer's`,
  })
}
