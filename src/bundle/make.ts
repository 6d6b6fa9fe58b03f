/** Makes the entries of a bundle out of built components. Takes rows and files; gives descriptors for the index. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { blobPath, storeGzipped, storeLayer, storeText } from './blobs.ts'
import type { BinaryRow, ImageRow } from './contents.ts'
import { annotations, type Descriptor, emptyBlob, type Manifest, mediaTypes } from './oci.ts'

const executable = 0o755

/** Remembers what was made of what: compressing half a gigabyte again would take longer than all the rest. */
const remembered = async <T>(
  parts: readonly string[],
  make: () => Promise<T>,
  whole: (made: T) => boolean,
): Promise<T> => {
  const key = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32)
  const file = join(cacheDirectory(), 'made', `${key}.json`)
  if (existsSync(file)) {
    const known = JSON.parse(await readFile(file, 'utf8')) as T
    if (whole(known)) return known
  }
  const made = await make()
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, JSON.stringify(made))
  return made
}

type Entry = { readonly manifest: Descriptor; readonly blobs: readonly Descriptor[] }

const isWhole = (entry: Entry): boolean =>
  [entry.manifest, ...entry.blobs].every(({ digest }) => existsSync(blobPath(digest)))

const platform = (arch: string) => ({ os: 'linux', architecture: arch })

export const makeBinary = (row: BinaryRow, file: string, arch: string): Promise<Entry> =>
  remembered(['binary', JSON.stringify(row), file, arch], () => packBinary(row, file, arch), isWhole)

const packBinary = async (row: BinaryRow, file: string, arch: string): Promise<Entry> => {
  const { blob, content } = await storeGzipped(mediaTypes.binaryBlob, file)
  const config = await storeText(mediaTypes.empty, emptyBlob)
  const document: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    artifactType: mediaTypes.binary,
    config,
    layers: [blob],
  }
  const manifest = await storeText(mediaTypes.manifest, JSON.stringify(document))
  const notes = {
    [annotations.component]: row.component,
    [annotations.version]: row.version,
    [annotations.roles]: row.roles.join(','),
    [annotations.path]: row.path,
    [annotations.mode]: executable.toString(8),
    [annotations.sha256]: content.digest.replace('sha256:', ''),
    [annotations.size]: String(content.size),
  }
  return {
    manifest: { ...manifest, artifactType: mediaTypes.binary, platform: platform(arch), annotations: notes },
    blobs: [config, blob],
  }
}

type Layer = { readonly blob: Descriptor; readonly content: { readonly digest: string } }

const layerWhole = ({ blob }: Layer): boolean => existsSync(blobPath(blob.digest))

const layerOfFolder = (folder: string): Promise<Layer> =>
  remembered(['layer', folder], () => storeLayer(mediaTypes.zstdLayer, folder), layerWhole)

const layerOfFiles = (files: Readonly<Record<string, string>>): Promise<Layer> =>
  remembered(['layer', JSON.stringify(files)], () => packFiles(files), layerWhole)

const packFiles = async (files: Readonly<Record<string, string>>): Promise<Layer> => {
  const folder = await mkdtemp(join(cacheDirectory(), 'components', '.layer-'))
  try {
    for (const [from, to] of Object.entries(files)) {
      const target = join(folder, to)
      await mkdir(dirname(target), { recursive: true, mode: executable })
      await copyFile(from, target)
      await chmod(target, executable)
    }
    await chmod(folder, executable)
    return await storeLayer(mediaTypes.zstdLayer, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const searchPath = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin'

export type ImageFiles = {
  readonly files: Readonly<Record<string, string>>
  readonly baseFolder: string | undefined
}

export const makeImage = async (
  row: ImageRow,
  { files, baseFolder }: ImageFiles,
  arch: string,
): Promise<Entry> => {
  const layers = [...(baseFolder ? [await layerOfFolder(baseFolder)] : []), await layerOfFiles(files)]
  const config = await storeText(
    mediaTypes.imageConfig,
    JSON.stringify({
      architecture: arch,
      os: 'linux',
      config: { Env: [searchPath], ...(row.entrypoint ? { Entrypoint: row.entrypoint } : {}) },
      rootfs: { type: 'layers', diff_ids: layers.map(({ content }) => content.digest) },
    }),
  )
  const document: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: layers.map(({ blob }) => blob),
  }
  const manifest = await storeText(mediaTypes.manifest, JSON.stringify(document))
  const notes = {
    [annotations.component]: row.component,
    [annotations.version]: row.version,
    [annotations.roles]: row.roles.join(','),
    [annotations.imageName]: row.name,
    [annotations.refName]: row.name,
  }
  return {
    manifest: { ...manifest, platform: platform(arch), annotations: notes },
    blobs: [config, ...document.layers],
  }
}
