/** Creates a bundle. Takes a Kubernetes release, architectures, an edition and where to put the file; gives its path. */
import { createHash } from 'node:crypto'
import { cacheDirectory } from '../constants.ts'
import { versionsOf } from './catalog.ts'
import { type BundleAddon, binaryRows, bundleAddons, type Edition, imageRows } from './contents.ts'
import { defaultBundle, defaultEdition } from './default-bundle.ts'
import { writingTo } from './disk-space.ts'
import type { Entry } from './make.ts'
import { annotations, type Index, mediaTypes } from './oci.ts'
import type { Say } from './say.ts'
import { bomEntry } from './sbom/bom-entry.ts'
import { goSource } from './sources/go-source.ts'
import type { BundleSource, Wanted } from './sources/types.ts'
import { bundleHolds, signedHere, writeBundle } from './write.ts'

export type CreateOptions = {
  readonly kubernetes: string
  readonly arches: readonly string[]
  readonly edition?: Edition | undefined
  /** All, when it is not said. */
  readonly addons?: readonly BundleAddon[] | undefined
  readonly output?: string | undefined
  readonly source?: BundleSource | undefined
  readonly say: Say
}

export const wantedOf = (
  options: Pick<CreateOptions, 'kubernetes' | 'arches' | 'addons' | 'say'>,
  edition: Edition,
): readonly Wanted[] => {
  const { kubernetes, arches, addons = bundleAddons, say } = options
  const versions = versionsOf(kubernetes)
  const isWanted = ({ addon }: { readonly addon?: BundleAddon }) =>
    addon === undefined || addons.includes(addon)
  const rows = {
    binaries: binaryRows(versions, edition).filter(isWanted),
    images: imageRows(versions, edition).filter(isWanted),
  }
  return arches.map((arch) => ({ versions, arch, ...rows, say }))
}

const makeEntries = async (options: CreateOptions, edition: Edition): Promise<readonly Entry[]> => {
  const { kubernetes, source = goSource } = options
  const entries: Entry[] = []
  for (const wanted of wantedOf(options, edition)) entries.push(...(await source(wanted)))
  return [...entries, await bomEntry(kubernetes, entries)]
}

export const createBundle = async (options: CreateOptions): Promise<string> => {
  const { kubernetes, arches, edition = defaultEdition, say } = options
  const entries = await writingTo(cacheDirectory(), () => makeEntries(options, edition))
  const index: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries.map(({ manifest }) => manifest),
    annotations: { [annotations.kubernetes]: kubernetes, [annotations.edition]: edition },
  }
  const text = JSON.stringify(index)
  const path = options.output ?? defaultBundle(kubernetes, arches, edition, options.addons)
  const signed = await signedHere(text)
  if (await bundleHolds(path, signed)) return path
  await writeBundle(
    path,
    signed,
    entries.flatMap(({ manifest, blobs }) => [manifest, ...blobs]),
  )
  say(`wrote ${path} (index ${createHash('sha256').update(text).digest('hex').slice(0, 12)})`)
  return path
}
