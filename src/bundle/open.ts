/**
 * Opens a bundle. Takes a file; gives what is in it. Only headers and small documents are read and checked here. Blobs are streamed
 * as they are: the host hashes each before it is used (hashing here as well was a quarter of the time of sending them).
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { UserError } from '../errors.ts'
import { annotations, type Descriptor, type Index, type Manifest } from './oci.ts'
import { isSignatureOf } from './signature.ts'

export type BundleEntry = { readonly descriptor: Descriptor; readonly manifest: Manifest }

export type Bundle = {
  readonly file: string
  readonly kubernetes: string
  readonly architectures: readonly string[]
  readonly entries: readonly BundleEntry[]
  readonly read: (digest: string) => Readable
}

type Place = { readonly offset: number; readonly size: number }

const block = 512
const again = 'make it anew: slipway bundle create'

/** The sum of a header's bytes is in the header, taken with blanks where it stands itself (POSIX 1003.1, pax). */
const isWhole = (header: Buffer): boolean => {
  const [from, to] = [148, 156]
  const sum = header.reduce((total, byte, at) => total + (at >= from && at < to ? 32 : byte), 0)
  return Number.parseInt(header.toString('ascii', from, to), 8) === sum
}

const scan = async (handle: FileHandle, path: string): Promise<ReadonlyMap<string, Place>> => {
  const places = new Map<string, Place>()
  const { size: end } = await handle.stat()
  const header = Buffer.alloc(block)
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(header, 0, block, at)
    if (bytesRead < block) throw new UserError(`${path} is cut off, or is not a bundle`, { hint: again })
    const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '')
    if (name === '') return places
    if (header.toString('ascii', 257, 262) !== 'ustar' || !isWhole(header))
      throw new UserError(`${path} is damaged, or is not a bundle`, { hint: again })
    const size = Number.parseInt(header.toString('ascii', 124, 135), 8)
    if (at + block + size > end)
      throw new UserError(`${path} is cut off in the middle of ${name}`, { hint: again })
    if (places.has(name)) throw new UserError(`${path} holds ${name} twice`, { hint: again })
    places.set(name, { offset: at + block, size })
    at += block + Math.ceil(size / block) * block
  }
}

const readSmall = async (
  handle: FileHandle,
  path: string,
  name: string,
  places: ReadonlyMap<string, Place>,
): Promise<string> => {
  const place = places.get(name)
  if (!place) throw new UserError(`${path} has no ${name}: it is not a bundle`, { hint: again })
  const { buffer } = await handle.read(Buffer.alloc(place.size), 0, place.size, place.offset)
  return buffer.toString('utf8')
}

const blobName = (digest: string): string => `blobs/${digest.replace(':', '/')}`

const readManifest = async (
  handle: FileHandle,
  path: string,
  descriptor: Descriptor,
  places: ReadonlyMap<string, Place>,
): Promise<BundleEntry> => {
  const text = await readSmall(handle, path, blobName(descriptor.digest), places)
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  if (digest !== descriptor.digest)
    throw new UserError(`${path}: the manifest ${descriptor.digest} is damaged`, { hint: again })
  return { descriptor, manifest: JSON.parse(text) as Manifest }
}

export const openBundle = async (path: string): Promise<Bundle> => {
  const handle = await open(path, 'r').catch((cause: unknown) => {
    throw new UserError(`cannot open the bundle ${path}`, { cause, hint: again })
  })
  try {
    const places = await scan(handle, path)
    const text = await readSmall(handle, path, 'index.json', places)
    if (!isSignatureOf(text, await readSmall(handle, path, 'index.json.sig', places)))
      throw new UserError(`${path}: the signature is not of its index`, { hint: again })
    const index = JSON.parse(text) as Index
    const entries = await Promise.all(index.manifests.map((each) => readManifest(handle, path, each, places)))
    return {
      file: path,
      kubernetes: index.annotations?.[annotations.kubernetes] ?? '',
      architectures: [...new Set(index.manifests.flatMap(({ platform }) => platform?.architecture ?? []))],
      entries,
      read: (digest) => {
        const place = places.get(blobName(digest))
        if (!place) throw new UserError(`${path} does not hold the blob ${digest}`, { hint: again })
        const { offset, size } = place
        return createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: 1 << 18 })
      },
    }
  } finally {
    await handle.close()
  }
}
