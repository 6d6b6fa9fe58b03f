/**
 * Who may sign a cluster's bundles: whom its file names (readBundle sees to that), else who signed the first one that was installed,
 * as with the keys of hosts. Takes a bundle and its cluster; gives nothing, or an error before any host is touched.
 */
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

export type SignerOptions = Cluster & {
  readonly bundle: Bundle
  /** Not when only looking. */
  readonly remember: boolean
  readonly emit: Emit
}

export const mustBeOfKnownSigner = async (options: SignerOptions): Promise<void> => {
  const { bundle, config, remember, emit } = options
  if (config.bundle.publicKey !== undefined) return
  const file = fileOf(options)
  const pinned = await readPinned(file)
  if (pinned !== undefined) return mustBeSignedBy(bundle, pinned, `${file}, written at the first install,`)
  if (!remember) return
  await mkdir(clusterFolder(options.clusterFile, config.name), { recursive: true, mode: 0o700 })
  await writePrivately(file, `${bundle.signer}\n`)
  emit({
    kind: 'message',
    level: 'info',
    text: `The bundle is signed by ${bundle.signer}: from now on ${config.name} takes no other signer's`,
  })
}
