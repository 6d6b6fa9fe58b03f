/**
 * The images of a bundle under their own names and tags, so that the place can be a mirror of the registries that they come from.
 * Takes a bundle whose blobs are in the registry already. A tag is of an index: another bundle, of another architecture, adds to it.
 */
import { eachOf } from '../each-of.ts'
import { annotations, type Descriptor, type Index, mediaTypes } from '../oci.ts'
import type { BundleEntry } from '../open.ts'
import { findDocument } from './documents.ts'
import type { BundleToPush } from './push-bundle.ts'
import { pushDocument } from './push-document.ts'
import { pushEntries } from './push-entries.ts'
import { below, parseImageName } from './reference.ts'

/** Name → its manifests, one an architecture. */
const imagesOf = (entries: readonly BundleEntry[]): ReadonlyMap<string, readonly BundleEntry[]> => {
  const named = entries.filter(
    ({ descriptor }) => descriptor.annotations?.[annotations.imageName] !== undefined,
  )
  return Map.groupBy(named, ({ descriptor }) => descriptor.annotations?.[annotations.imageName] ?? '')
}

const platformOf = ({ platform }: Descriptor): string => `${platform?.os}/${platform?.architecture}`

/** Ours, and of what was there whatever is for other platforms: in one order, so that the same images give the same index. */
export const mergedIndex = (there: Index | undefined, ours: readonly Descriptor[]): Index => {
  const replaced = new Set(ours.map(platformOf))
  const others = there?.manifests.filter((each) => !replaced.has(platformOf(each))) ?? []
  const own = ours.map(({ mediaType, digest, size, platform }) => ({
    mediaType,
    digest,
    size,
    ...(platform && { platform }),
  }))
  return {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [...others, ...own].toSorted((a, b) => platformOf(a).localeCompare(platformOf(b), 'en')),
  }
}

const pushImage = async (
  { bundle, session, place, say }: BundleToPush,
  bundleRepository: string,
  { name, entries }: { readonly name: string; readonly entries: readonly BundleEntry[] },
): Promise<readonly Descriptor[]> => {
  const { repository: own, tag } = parseImageName(name)
  const repository = below(place, own)
  const there = await findDocument(session, repository, tag)
  const ours = entries.map(({ descriptor }) => descriptor)
  const text = JSON.stringify(mergedIndex(there?.kind === 'index' ? there.index : undefined, ours))
  if (there?.text === text) return []
  const sent = await pushEntries({ bundle, session, repository, entries, alsoIn: bundleRepository, say })
  await pushDocument({ session, repository, tag, mediaType: mediaTypes.index, text })
  return sent
}

/** Few at a time: each asks for several blobs at once. */
const imagesAtOnce = 3

/** Gives the blobs that travelled all the same, because the registry takes none over. */
export const pushImages = async (
  pushing: BundleToPush,
  bundleRepository: string,
): Promise<readonly Descriptor[]> => {
  const images = [...imagesOf(pushing.bundle.entries)].map(([name, entries]) => ({ name, entries }))
  const sent: Descriptor[] = []
  await eachOf(images, imagesAtOnce, async (image) => {
    sent.push(...(await pushImage(pushing, bundleRepository, image)))
  })
  return sent
}
