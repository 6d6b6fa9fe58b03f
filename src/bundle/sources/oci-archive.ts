/** Images of an OCI layout. Takes an archive, its index.json and an architecture; gives the images for it, bit for bit as they are there. */
import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import { storeText } from '../blobs.ts'
import { annotations, type Manifest, sha256 } from '../oci.ts'
import { type Document, readDocument } from '../registry/documents.ts'
import type { ArchivedImage } from './archived-images.ts'
import { storeExactly } from './store-content.ts'
import { type Archive, contentOf, damaged } from './tar-archive.ts'

/** Of what others write: theirs may do without a media type of its own. */
const indexShape = z.object({
  manifests: z.array(
    z.object({
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      annotations: z.record(z.string(), z.string()).exactOptional(),
    }),
  ),
})

const blobName = (digest: string): string => `blobs/${digest.replace(':', '/')}`

/** ctr and docker write the whole name; with skopeo and podman it is whatever was said, and a tag alone says nothing. */
const namesOf = (notes: Readonly<Record<string, string>> = {}): readonly string[] =>
  [annotations.imageName, annotations.refName]
    .flatMap((key) => notes[key] ?? [])
    .filter((name) => name.includes('/'))

const readBlob = async (archive: Archive, digest: string): Promise<string> => {
  const text = (await buffer(contentOf(archive, blobName(digest)))).toString()
  if (sha256(text) === digest) return text
  throw damaged(archive, `what it has as ${digest} has ${sha256(text)}`)
}

type Image = Extract<Document, { kind: 'manifest' }>

/** An archive may hold an index without all that it names: `ctr images export` writes one platform's blobs. */
const manifestsAt = async (archive: Archive, digest: string): Promise<readonly Image[]> => {
  const document = readDocument(await readBlob(archive, digest))
  if (document?.kind !== 'index') return document ? [document] : []
  const children = document.index.manifests.filter((child) => archive.has(blobName(child.digest)))
  return (await Promise.all(children.map((child) => manifestsAt(archive, child.digest)))).flat()
}

const configShape = z.object({ os: z.string(), architecture: z.string() })

const isFor = async (archive: Archive, { config }: Manifest, arch: string): Promise<boolean> => {
  const text = await readBlob(archive, config.digest)
  try {
    const { os, architecture } = configShape.parse(JSON.parse(text))
    return os === 'linux' && architecture === arch
  } catch {
    // An artifact: a signature, an attestation.
    return false
  }
}

const store = async (archive: Archive, { descriptor, manifest, text }: Image, arch: string) => {
  const blobs = [manifest.config, ...manifest.layers]
  for (const blob of blobs)
    await storeExactly(blob, () => contentOf(archive, blobName(blob.digest)), archive.where)
  await storeText(descriptor.mediaType, text)
  return { manifest: { ...descriptor, platform: { os: 'linux', architecture: arch } }, blobs }
}

export const ociImages = async (
  archive: Archive,
  json: unknown,
  arch: string,
): Promise<readonly ArchivedImage[]> => {
  const index = indexShape.safeParse(json)
  if (!index.success) throw damaged(archive, 'index.json is not an index of images')
  const images: ArchivedImage[] = []
  for (const each of index.data.manifests)
    for (const image of await manifestsAt(archive, each.digest))
      if (await isFor(archive, image.manifest, arch))
        images.push({ names: namesOf(each.annotations), store: () => store(archive, image, arch) })
  return images
}
