/** What a host of a role gets of a bundle, as steps of a plan. Pure. */
import type { HostRole } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { BinaryStep, BlobRef, ExtractStep, ImportStep, LinkStep } from '../plan/types.ts'
import { annotations, type Descriptor, type Index, mediaTypes } from './oci.ts'
import type { Bundle, BundleEntry } from './open.ts'

export type RoleContents = {
  readonly binaries: readonly BinaryStep[]
  readonly images: ImportStep
  /** What is taken out of the images once they are there, and the names that it goes by. */
  readonly extracts: readonly ExtractStep[]
  readonly links: readonly LinkStep[]
}

const note = ({ descriptor }: BundleEntry, key: string): string => descriptor.annotations?.[key] ?? ''

const isFor =
  (role: HostRole, arch: string) =>
  (entry: BundleEntry): boolean =>
    entry.descriptor.platform?.architecture === arch &&
    note(entry, annotations.roles).split(',').includes(role)

const isImage = (entry: BundleEntry): boolean => note(entry, annotations.imageName) !== ''
const isBinary = ({ descriptor }: BundleEntry): boolean => descriptor.artifactType === mediaTypes.binary

/** What is not sent by itself names the path that it has in an image's layer. */
const isInside = (entry: BundleEntry): boolean => note(entry, annotations.inside) !== ''

const layerOf = ({ descriptor, manifest }: BundleEntry): Descriptor => {
  const [blob] = manifest.layers
  if (blob) return blob
  throw new Error(`the artifact ${descriptor.digest} has no blob`)
}

const contentOf = (entry: BundleEntry) => ({
  mode: Number.parseInt(note(entry, annotations.mode), 8),
  sha256: note(entry, annotations.sha256),
  size: Number(note(entry, annotations.size)),
})

const titleOf = (entry: BundleEntry, path: string): string =>
  `install ${path} (${note(entry, annotations.version)})`

const binarySteps = (entries: readonly BundleEntry[]): readonly BinaryStep[] =>
  entries
    .filter((entry) => isBinary(entry) && !isInside(entry))
    .map((entry): BinaryStep => {
      const { digest, size } = layerOf(entry)
      const path = note(entry, annotations.path)
      return {
        kind: 'binary',
        id: path,
        title: titleOf(entry, path),
        path,
        ...contentOf(entry),
        blob: { digest, size },
      }
    })

/** Of the images with that layer, the one with the fewest: all of them are mounted to look into it. */
const imageWith = (entries: readonly BundleEntry[], layer: Descriptor): string => {
  const [image] = entries
    .filter((entry) => isImage(entry) && entry.manifest.layers.some(({ digest }) => digest === layer.digest))
    .toSorted((a, b) => a.manifest.layers.length - b.manifest.layers.length)
  if (image) return note(image, annotations.imageName)
  throw new Error(`no image of the bundle has the layer ${layer.digest}`)
}

/** Several entries may be one and the same executable, called by several names. */
const extractSteps = (entries: readonly BundleEntry[]): readonly ExtractStep[] => {
  const distinct = new Map(entries.filter(isInside).map((entry) => [note(entry, annotations.inside), entry]))
  return [...distinct].map(([inside, entry]) => ({
    kind: 'extract',
    id: inside,
    title: titleOf(entry, inside),
    path: inside,
    ...contentOf(entry),
    image: imageWith(entries, layerOf(entry)),
    inside,
  }))
}

const linkSteps = (entries: readonly BundleEntry[]): readonly LinkStep[] =>
  entries.filter(isInside).map((entry) => {
    const [path, target] = [note(entry, annotations.path), note(entry, annotations.inside)]
    return { kind: 'link', id: path, title: titleOf(entry, path), path, target }
  })

const blobsOf = (images: readonly BundleEntry[]): readonly BlobRef[] => {
  const all = images.flatMap(({ descriptor, manifest }) => [descriptor, manifest.config, ...manifest.layers])
  return [...new Map(all.map(({ digest, size }) => [digest, { digest, size }])).values()]
}

const importStep = (entries: readonly BundleEntry[]): ImportStep => {
  const images = entries.filter(isImage)
  const index: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: images.map(({ descriptor }) => descriptor),
  }
  return {
    kind: 'import',
    id: 'images',
    title: `import ${images.length} images`,
    images: images.map((entry) => ({
      name: note(entry, annotations.imageName),
      digest: entry.descriptor.digest,
    })),
    blobs: blobsOf(images),
    index: JSON.stringify(index),
  }
}

export const roleContents = (bundle: Bundle, role: HostRole, arch: string): RoleContents => {
  const entries = bundle.entries.filter(isFor(role, arch))
  if (entries.length > 0)
    return {
      binaries: binarySteps(entries),
      images: importStep(entries),
      extracts: extractSteps(entries),
      links: linkSteps(entries),
    }
  throw new UserError(`the bundle ${bundle.file} has nothing for ${arch}`, {
    hint: `it is for ${bundle.architectures.join(', ')}; make one with: slipway bundle create --arch ${arch}`,
  })
}

/** Component → image name, for manifests. */
export const imageNames = (bundle: Bundle): Readonly<Record<string, string>> =>
  Object.fromEntries(
    bundle.entries
      .filter(isImage)
      .map((entry) => [note(entry, annotations.component), note(entry, annotations.imageName)]),
  )
