/**
 * Opens a bundle. Takes a file; gives what is in it and who signed it. Headers and small documents are read and checked here, and that
 * every blob they name is there. Blobs are streamed as they are: the host hashes each before it is used (hashing here as well was a
 * quarter of the time of sending them); `slipway bundle verify` does both.
 */
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { UserError } from '../errors.ts'
import { parseIndex, parseManifest } from './documents.ts'
import { unsoundNotes } from './entry-notes.ts'
import { annotations, type Descriptor, type Manifest, sha256 } from './oci.ts'
import { blobName, damaged, makeAnew, type Place, type Places, placesIn } from './places.ts'
import { readInPlace } from './read-blob.ts'
import { signerOf } from './signature.ts'

export type BundleEntry = { readonly descriptor: Descriptor; readonly manifest: Manifest }

export type Bundle = {
  readonly file: string
  readonly kubernetes: string
  readonly edition: string | undefined
  readonly architectures: readonly string[]
  readonly entries: readonly BundleEntry[]
  /** The public key of who signed it, on one line. */
  readonly signer: string
  /** The two files that vouch for all others, byte for byte. */
  readonly signed: { readonly index: string; readonly signature: string }
  /** All files in it. */
  readonly places: Places
  readonly read: (digest: string) => Readable
  /** The same for who is done with a chunk when it asks for the next. */
  readonly inPlace: { readonly read: (digest: string) => AsyncIterable<Uint8Array> }
}

type Opened = { readonly handle: FileHandle; readonly path: string; readonly places: Places }

/** What registries take as a manifest, too (distribution-spec 1.1, "Pushing Manifests"): ten times an index of two architectures. */
const largestDocument = 4 * 1024 * 1024

const readDocument = async ({ handle, path, places }: Opened, name: string): Promise<string> => {
  const place = places.get(name)
  if (!place) throw damaged(path, `has no ${name}: it is not a whole bundle`)
  if (place.size > largestDocument) throw damaged(path, `has ${name} with ${place.size} bytes, far too many`)
  const { buffer } = await handle.read(Buffer.alloc(place.size), 0, place.size, place.offset)
  return buffer.toString('utf8')
}

/** What a person would call it. */
export const titleOf = ({ annotations: notes, digest }: Descriptor): string =>
  notes?.[annotations.imageName] ?? notes?.[annotations.path] ?? notes?.[annotations.component] ?? digest

const readManifest = async (opened: Opened, descriptor: Descriptor): Promise<BundleEntry> => {
  const { path, places } = opened
  const title = titleOf(descriptor)
  const unsound = unsoundNotes(descriptor)
  if (unsound.length > 0)
    throw damaged(
      path,
      `cannot be used: of ${title}, its index does not say what is needed (${unsound.join(', ')})`,
    )
  const text = await readDocument(opened, blobName(descriptor.digest))
  if (sha256(text) !== descriptor.digest)
    throw damaged(path, `is damaged: the manifest of ${title} is not ${descriptor.digest}`)
  const manifest = parseManifest(text)
  if (!manifest) throw damaged(path, `cannot be read: the manifest of ${title} is not one of OCI's`)
  for (const { digest, size } of [manifest.config, ...manifest.layers]) {
    const place = places.get(blobName(digest))
    if (!place) throw damaged(path, `lacks a blob of ${title}: ${digest}`)
    if (place.size !== size)
      throw damaged(path, `has ${place.size} bytes of a blob of ${title} that has ${size}: ${digest}`)
  }
  return { descriptor, manifest }
}

const openFile = (path: string): Promise<FileHandle> =>
  open(path, 'r').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'you may not read it' : code
    throw new UserError(`cannot open the bundle ${path}: ${why}`, {
      cause,
      hint: code === 'ENOENT' ? 'make it with: slipway bundle create' : makeAnew,
    })
  })

export const openBundle = async (path: string): Promise<Bundle> => {
  const handle = await openFile(path)
  try {
    if (!(await handle.stat()).isFile()) throw damaged(path, 'is not a file')
    const places = await placesIn(handle, path)
    const opened = { handle, path, places }
    const index = await readDocument(opened, 'index.json')
    const signature = await readDocument(opened, 'index.json.sig')
    const signer = signerOf(index, signature)
    if (signer === undefined) throw damaged(path, 'is damaged: the signature is not of its index')
    const parsed = parseIndex(index)
    if (!parsed) throw damaged(path, "cannot be read: its index is not one of OCI's")
    const placeOf = (digest: string): Place => {
      const place = places.get(blobName(digest))
      if (place) return place
      throw damaged(path, `does not hold the blob ${digest}`)
    }
    const entries: BundleEntry[] = []
    for (const each of parsed.manifests) entries.push(await readManifest(opened, each))
    return {
      file: path,
      kubernetes: parsed.annotations?.[annotations.kubernetes] ?? '',
      edition: parsed.annotations?.[annotations.edition],
      architectures: [...new Set(parsed.manifests.flatMap(({ platform }) => platform?.architecture ?? []))],
      entries,
      signer,
      signed: { index, signature },
      places,
      read: (digest) => readBlob(path, placeOf(digest)),
      inPlace: { read: (digest) => readInPlace(path, placeOf(digest)) },
    }
  } finally {
    await handle.close()
  }
}

const readBlob = (path: string, { offset, size }: Place): Readable =>
  size === 0
    ? Readable.from([])
    : createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 1 << 18 })
