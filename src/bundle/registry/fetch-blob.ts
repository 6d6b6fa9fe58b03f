/** Blobs of a registry into the store on this machine. Takes a repository and descriptors; whatever is in the store is not asked for. */
import { existsSync } from 'node:fs'
import { blobPath } from '../blobs.ts'
import { eachOf } from '../each-of.ts'
import { download } from '../http/download.ts'
import type { Descriptor } from '../oci.ts'
import { nameOf, pathOf, pulling } from './paths.ts'
import type { RegistrySession } from './session.ts'

/** As many as docker takes at a time: more share the same line. */
const atOnce = 3

const fetchBlob = (
  session: RegistrySession,
  repository: string,
  { digest, size }: Descriptor,
): Promise<void> =>
  download({
    what: nameOf(session, repository, digest),
    digest,
    size,
    target: blobPath(digest),
    patience: session.transport.patience,
    get: (headers) =>
      session.send(pulling(repository), {
        method: 'GET',
        url: pathOf(session, repository, `blobs/${digest}`),
        headers,
      }),
  })

/** Each is named once, however often an image has it. */
export const distinct = (blobs: readonly Descriptor[]): readonly Descriptor[] => [
  ...new Map(blobs.map((each) => [each.digest, each])).values(),
]

/** What would be fetched. */
export const missingBlobs = (blobs: readonly Descriptor[]): readonly Descriptor[] =>
  distinct(blobs).filter(({ digest }) => !existsSync(blobPath(digest)))

/** Gives those that were missing. Of all calls in this process, one at a time: two must not write the same file. */
export const fetchBlobs = async (
  session: RegistrySession,
  repository: string,
  blobs: readonly Descriptor[],
): Promise<readonly Descriptor[]> => {
  const missing = missingBlobs(blobs)
  await eachOf(missing, atOnce, (blob) => fetchBlob(session, repository, blob))
  return missing
}
