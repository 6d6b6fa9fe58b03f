/** What a host of a role gets of a bundle, as steps of a plan. Pure. */
import type { HostRole } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { BinaryStep, ImportStep } from '../plan/types.ts'
import { annotations, type Index, mediaTypes } from './oci.ts'
import type { Bundle, BundleEntry } from './open.ts'

const note = ({ descriptor }: BundleEntry, key: string): string => descriptor.annotations?.[key] ?? ''

const isFor =
  (role: HostRole, arch: string) =>
  (entry: BundleEntry): boolean =>
    entry.descriptor.platform?.architecture === arch &&
    note(entry, annotations.roles).split(',').includes(role)

const isBinary = ({ descriptor }: BundleEntry): boolean => descriptor.artifactType === mediaTypes.binary

const entriesFor = (bundle: Bundle, role: HostRole, arch: string): readonly BundleEntry[] => {
  const found = bundle.entries.filter(isFor(role, arch))
  if (found.length > 0) return found
  throw new UserError(`the bundle ${bundle.file} has nothing for ${arch}`, {
    hint: `it is for ${bundle.architectures.join(', ')}; make one with: slipway bundle create --arch ${arch}`,
  })
}

export const binarySteps = (bundle: Bundle, role: HostRole, arch: string): readonly BinaryStep[] =>
  entriesFor(bundle, role, arch)
    .filter(isBinary)
    .map((entry): BinaryStep => {
      const [blob] = entry.manifest.layers
      if (!blob) throw new Error(`the artifact ${entry.descriptor.digest} has no blob`)
      const path = note(entry, annotations.path)
      return {
        kind: 'binary',
        id: path,
        title: `install ${path} (${note(entry, annotations.version)})`,
        path,
        mode: Number.parseInt(note(entry, annotations.mode), 8),
        sha256: note(entry, annotations.sha256),
        size: Number(note(entry, annotations.size)),
        blob: { digest: blob.digest, size: blob.size },
      }
    })

export const importStep = (bundle: Bundle, role: HostRole, arch: string): ImportStep => {
  const entries = entriesFor(bundle, role, arch).filter((entry) => !isBinary(entry))
  const index: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries.map(({ descriptor }) => descriptor),
  }
  const blobs = entries.flatMap(({ descriptor, manifest }) => [
    descriptor,
    manifest.config,
    ...manifest.layers,
  ])
  return {
    kind: 'import',
    id: 'images',
    title: `import ${entries.length} images`,
    images: entries.map((entry) => ({
      name: note(entry, annotations.imageName),
      digest: entry.descriptor.digest,
    })),
    blobs: [...new Map(blobs.map(({ digest, size }) => [digest, { digest, size }])).values()],
    index: JSON.stringify(index),
  }
}

/** Component → image name, for manifests. */
export const imageNames = (bundle: Bundle): Readonly<Record<string, string>> =>
  Object.fromEntries(
    bundle.entries
      .filter((entry) => !isBinary(entry))
      .map((entry) => [note(entry, annotations.component), note(entry, annotations.imageName)]),
  )
