/** What a host of a role gets of a bundle, as steps of a plan. Pure. */
import type { HostRole } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { BinaryStep, BlobRef, ExtractStep, ImportStep, LinkStep } from '../plan/types.ts'
import { annotations, type Descriptor, type Index, mediaTypes } from './oci.ts'
import type { Bundle, BundleEntry } from './open.ts'

export type RoleContents = {
  /** Each with the other names that it goes by. */
  readonly binaries: readonly (BinaryStep | LinkStep)[]
  readonly images: ImportStep
  /** What is taken out of the images once they are there. */
  readonly extracts: readonly (ExtractStep | LinkStep)[]
}

const note = ({ descriptor }: BundleEntry, key: string): string => descriptor.annotations?.[key] ?? ''

const isFor =
  (role: HostRole, arch: string) =>
  (entry: BundleEntry): boolean =>
    entry.descriptor.platform?.architecture === arch &&
    note(entry, annotations.roles).split(',').includes(role)

const isImage = (entry: BundleEntry): boolean => note(entry, annotations.imageName) !== ''
const isBinary = ({ descriptor }: BundleEntry): boolean => descriptor.artifactType === mediaTypes.binary

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

const pathOf = (entry: BundleEntry): string => note(entry, annotations.path)

const targetOf = (entry: BundleEntry): string => note(entry, annotations.target) || pathOf(entry)

/** Travels by itself; what does not is in a layer of images. */
const isSent = (entry: BundleEntry): boolean => layerOf(entry).mediaType === mediaTypes.binaryBlob

/** Several entries may be one and the same executable, called by several names. */
const distinct = (entries: readonly BundleEntry[]): readonly BundleEntry[] => [
  ...new Map(entries.map((entry) => [targetOf(entry), entry])).values(),
]

const binaryStep = (entry: BundleEntry): BinaryStep => {
  const { digest, size } = layerOf(entry)
  const path = targetOf(entry)
  return {
    kind: 'binary',
    id: path,
    title: titleOf(entry, path),
    path,
    ...contentOf(entry),
    blob: { digest, size },
  }
}

/** Of the images with that layer, the one with the fewest: all of them are mounted to look into it. */
const imageWith = (entries: readonly BundleEntry[], layer: Descriptor): string => {
  const [image] = entries
    .filter((entry) => isImage(entry) && entry.manifest.layers.some(({ digest }) => digest === layer.digest))
    .toSorted((a, b) => a.manifest.layers.length - b.manifest.layers.length)
  if (image) return note(image, annotations.imageName)
  throw new Error(`no image of the bundle has the layer ${layer.digest}`)
}

const extractStep = (entry: BundleEntry, images: readonly BundleEntry[]): ExtractStep => {
  const path = targetOf(entry)
  const image = imageWith(images, layerOf(entry))
  return { kind: 'extract', id: path, title: titleOf(entry, path), path, ...contentOf(entry), image }
}

const linkSteps = (entries: readonly BundleEntry[]): readonly LinkStep[] =>
  entries
    .filter((entry) => pathOf(entry) !== targetOf(entry))
    .map((entry) => {
      const [path, target] = [pathOf(entry), targetOf(entry)]
      return { kind: 'link', id: path, title: titleOf(entry, path), path, target }
    })

const blobsOf = (images: readonly BundleEntry[]): readonly BlobRef[] => {
  const all = images.flatMap(({ descriptor, manifest }) => [descriptor, manifest.config, ...manifest.layers])
  return [...new Map(all.map(({ digest, size }) => [digest, { digest, size }])).values()]
}

const importStep = (images: readonly BundleEntry[]): ImportStep => {
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
  if (entries.length === 0) {
    const all = [...bundle.architectures, arch].join(',')
    throw new UserError(
      `the bundle ${bundle.file} is for ${bundle.architectures.join(', ')}, and a host is ${arch}`,
      {
        hint: `make one for all of them, and name it (bundle.file in the cluster file, or --bundle): slipway bundle create --arch ${all}`,
      },
    )
  }
  const images = entries.filter(isImage)
  const executables = entries.filter(isBinary)
  const [sent, others] = [executables.filter(isSent), executables.filter((entry) => !isSent(entry))]
  return {
    binaries: [...distinct(sent).map(binaryStep), ...linkSteps(sent)],
    images: importStep(images),
    extracts: [...distinct(others).map((entry) => extractStep(entry, images)), ...linkSteps(others)],
  }
}

/** Component → image name, for manifests. */
export const imageNames = (bundle: Bundle): Readonly<Record<string, string>> =>
  Object.fromEntries(
    bundle.entries
      .filter(isImage)
      .map((entry) => [note(entry, annotations.component), note(entry, annotations.imageName)]),
  )
