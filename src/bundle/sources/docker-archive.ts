/**
 * Images that `docker save` wrote before its version 25, or that others write in its way. Takes an archive, its manifest.json and an
 * architecture; gives the images for it. The configuration stays bit for bit, and with it what the image's layers have to be.
 */
import { pipeline, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createGunzip } from 'node:zlib'
import { z } from 'zod'
import { type Packed, storeText } from '../blobs.ts'
import type { Entry } from '../make.ts'
import { type Descriptor, type Manifest, mediaTypes } from '../oci.ts'
import type { ArchivedImage } from './archived-images.ts'
import { storeLayerOf } from './store-content.ts'
import { type Archive, contentOf, damaged, isPackingError } from './tar-archive.ts'

const manifestShape = z.array(
  z.object({ Config: z.string(), RepoTags: z.array(z.string()).nullish(), Layers: z.array(z.string()) }),
)

type Saved = z.output<typeof manifestShape>[number]

const configShape = z.object({
  os: z.string(),
  architecture: z.string(),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
})

type Config = z.output<typeof configShape>

const readConfig = (archive: Archive, name: string, content: string): Config => {
  try {
    return configShape.parse(JSON.parse(content))
  } catch {
    throw damaged(archive, `${name} is not the configuration of an image`)
  }
}

/** Layers are plain there, but for some who write them packed under the same names. */
const isPacked = async (archive: Archive, name: string): Promise<boolean> => {
  for await (const chunk of contentOf(archive, name) as AsyncIterable<Buffer>)
    return chunk.toString('hex', 0, 2) === '1f8b'
  return false
}

const storeLayer = async (archive: Archive, name: string): Promise<Packed> => {
  const packed = await isPacked(archive, name)
  const plain = (): Readable => {
    const content = contentOf(archive, name)
    return packed ? pipeline(content, createGunzip(), () => undefined) : content
  }
  try {
    return await storeLayerOf(plain)
  } catch (error) {
    throw isPackingError(error) ? damaged(archive, `the layer ${name} cannot be unpacked`) : error
  }
}

const store = async (archive: Archive, saved: Saved, content: string, config: Config): Promise<Entry> => {
  const { diff_ids: wanted } = config.rootfs
  if (wanted.length !== saved.Layers.length)
    throw damaged(
      archive,
      `${saved.Config} is of ${wanted.length} layers, and there are ${saved.Layers.length}`,
    )
  const layers: Descriptor[] = []
  for (const [at, name] of saved.Layers.entries()) {
    const { blob, content: plain } = await storeLayer(archive, name)
    if (plain.digest !== wanted[at])
      throw damaged(archive, `the layer ${name} has ${plain.digest} instead of ${wanted[at]}`)
    layers.push(blob)
  }
  const stored = await storeText(mediaTypes.imageConfig, content)
  const document: Manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config: stored, layers }
  const manifest = await storeText(mediaTypes.manifest, JSON.stringify(document))
  const platform = { os: config.os, architecture: config.architecture }
  return { manifest: { ...manifest, platform }, blobs: [stored, ...layers] }
}

export const dockerImages = async (
  archive: Archive,
  json: unknown,
  arch: string,
): Promise<readonly ArchivedImage[]> => {
  const all = manifestShape.safeParse(json)
  if (!all.success) throw damaged(archive, 'manifest.json is not a list of images')
  const images: ArchivedImage[] = []
  for (const saved of all.data) {
    const content = await text(contentOf(archive, saved.Config))
    const config = readConfig(archive, saved.Config, content)
    if (config.os === 'linux' && config.architecture === arch)
      images.push({ names: saved.RepoTags ?? [], store: () => store(archive, saved, content, config) })
  }
  return images
}
