/** Makes the entries of a bundle out of built components. Takes rows of the table of contents; gives descriptors for the index. */
import { hashFile, type Packed, storeGzipped, storeText } from './blobs.ts'
import type { BinaryRow, ImageRow } from './contents.ts'
import { imageNotes } from './image-notes.ts'
import { type Components, executable, makeLayer } from './layers.ts'
import { annotations, type Descriptor, type Manifest, mediaTypes } from './oci.ts'
import { remembered } from './remembered.ts'
import { storeArtifact } from './store-artifact.ts'

/** One of a bundle's manifests, described for the index, and the blobs that it names. */
export type Entry = { readonly manifest: Descriptor; readonly blobs: readonly Descriptor[] }

const digestsOf = ({ manifest, blobs }: Entry): readonly string[] =>
  [manifest, ...blobs].map(({ digest }) => digest)

const platform = (arch: string) => ({ os: 'linux', architecture: arch })

/** By itself it travels as gzip, which is what every host can unpack. */
const packed = async ({ layer }: BinaryRow, file: string, components: Components): Promise<Packed> =>
  layer
    ? { blob: (await makeLayer(layer, components)).blob, content: await hashFile(file) }
    : storeGzipped(mediaTypes.binaryBlob, file)

const packBinary = async (row: BinaryRow, file: string, components: Components): Promise<Entry> => {
  const { blob, content } = await packed(row, file, components)
  const { manifest, blobs } = await storeArtifact(mediaTypes.binary, blob)
  const notes = {
    [annotations.component]: row.component,
    [annotations.version]: row.version,
    [annotations.roles]: row.roles.join(','),
    [annotations.path]: row.path,
    ...(row.target === undefined ? {} : { [annotations.target]: row.target }),
    [annotations.mode]: executable.toString(8),
    [annotations.sha256]: content.digest.replace('sha256:', ''),
    [annotations.size]: String(content.size),
  }
  return { manifest: { ...manifest, platform: platform(components.arch), annotations: notes }, blobs }
}

export const makeBinary = async (row: BinaryRow, components: Components): Promise<Entry> => {
  const file = await components.fileOf(row.executable ?? row.component)
  return remembered(
    ['binary', JSON.stringify(row), file, components.arch],
    () => packBinary(row, file, components),
    digestsOf,
  )
}

const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin'

const imageConfig = (row: ImageRow, layers: readonly Packed[], arch: string) => ({
  architecture: arch,
  os: 'linux',
  config: { Env: [searchPath], ...(row.entrypoint ? { Entrypoint: row.entrypoint } : {}) },
  rootfs: { type: 'layers', diff_ids: layers.map(({ content }) => content.digest) },
})

export const makeImage = async (row: ImageRow, components: Components): Promise<Entry> => {
  const layers: Packed[] = []
  for (const layer of row.layers) layers.push(await makeLayer(layer, components))
  const config = await storeText(
    mediaTypes.imageConfig,
    JSON.stringify(imageConfig(row, layers, components.arch)),
  )
  const document: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: layers.map(({ blob }) => blob),
  }
  const manifest = await storeText(mediaTypes.manifest, JSON.stringify(document))
  return {
    manifest: { ...manifest, platform: platform(components.arch), annotations: imageNotes(row) },
    blobs: [config, ...document.layers],
  }
}
