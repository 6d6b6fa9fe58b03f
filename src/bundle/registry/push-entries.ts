/**
 * Manifests of a bundle, with their blobs, into one repository. Takes the entries; gives the blobs that travelled. Blobs first: a
 * manifest that is there stands for all that it names.
 */
import { text } from 'node:stream/consumers'
import { eachOf } from '../each-of.ts'
import type { Descriptor } from '../oci.ts'
import { type Bundle, type BundleEntry, titleOf } from '../open.ts'
import type { Say } from '../say.ts'
import { distinct } from './fetch-blob.ts'
import { pushBlob } from './push-blob.ts'
import { hasDocument, pushDocument } from './push-document.ts'
import type { RegistrySession } from './session.ts'

/** Three keep a line busy; every further one takes more memory. */
const blobsAtOnce = 3
/** Small questions, whose time is the way there and back. */
const questionsAtOnce = 10

/** Of smaller ones nobody waits for. */
const worthSaying = 1e6

export type EntriesToPush = {
  readonly bundle: Bundle
  readonly session: RegistrySession
  readonly repository: string
  readonly entries: readonly BundleEntry[]
  /** Another repository, whose blobs need not be sent again. */
  readonly alsoIn?: string
  readonly say: Say
}

const missingOf = async (pushing: EntriesToPush): Promise<readonly BundleEntry[]> => {
  const { session, repository, entries } = pushing
  const there = new Set<string>()
  await eachOf(entries, questionsAtOnce, async ({ descriptor: { mediaType, digest } }) => {
    if (await hasDocument({ session, repository, mediaType, digest })) there.add(digest)
  })
  return entries.filter(({ descriptor }) => !there.has(descriptor.digest))
}

/** What each layer is of; of several the first. */
const titlesOf = (entries: readonly BundleEntry[]): ReadonlyMap<string, string> =>
  new Map(
    entries
      .toReversed()
      .flatMap(({ descriptor, manifest }) =>
        manifest.layers.map(({ digest }) => [digest, titleOf(descriptor)] as const),
      ),
  )

const pushBlobs = async (
  { bundle, session, repository, alsoIn, say }: EntriesToPush,
  entries: readonly BundleEntry[],
): Promise<readonly Descriptor[]> => {
  const blobs = distinct(entries.flatMap(({ manifest }) => [manifest.config, ...manifest.layers]))
  const titles = titlesOf(entries)
  const sent: Descriptor[] = []
  await eachOf(blobs, blobsAtOnce, async (blob) => {
    const { digest, size } = blob
    const open = () => bundle.read(digest)
    const travelled = await pushBlob({ session, repository, digest, size, from: bundle.file, open, alsoIn })
    if (!travelled) return
    sent.push(blob)
    if (size > worthSaying) say(`sent ${titles.get(digest) ?? digest} (${(size / 1e6).toFixed(1)} MB)`)
  })
  return sent
}

export const pushEntries = async (pushing: EntriesToPush): Promise<readonly Descriptor[]> => {
  const { bundle, session, repository } = pushing
  const missing = await missingOf(pushing)
  const sent = await pushBlobs(pushing, missing)
  await eachOf(missing, questionsAtOnce, async ({ descriptor: { mediaType, digest } }) =>
    pushDocument({ session, repository, mediaType, text: await text(bundle.read(digest)) }),
  )
  return sent
}
