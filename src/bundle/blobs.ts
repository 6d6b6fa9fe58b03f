/** The store of blobs on this machine, by digest. Takes bytes, files or folders; gives descriptors. What is there is not written again. */

import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import { cacheDirectory } from '../constants.ts'
import { inPieces } from './in-pieces.ts'
import { type Descriptor, sha256 } from './oci.ts'

export const blobStore = (): string => join(cacheDirectory(), 'blobs', 'sha256')

export const blobPath = (digest: string): string => join(blobStore(), digest.replace('sha256:', ''))

/** Somebody else may be storing the same at this moment. */
const unfinishedPath = (): string => join(blobStore(), `.${randomUUID()}`)

export const storeText = async (mediaType: string, text: string): Promise<Descriptor> => {
  const digest = sha256(text)
  await mkdir(blobStore(), { recursive: true })
  if (!existsSync(blobPath(digest))) {
    const unfinished = unfinishedPath()
    await writeFile(unfinished, text)
    await rename(unfinished, blobPath(digest))
  }
  return { mediaType, digest, size: Buffer.byteLength(text) }
}

const meter = () => {
  const hash = createHash('sha256')
  let size = 0
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      size += chunk.length
      done(null, chunk)
    },
  })
  return { stream, result: () => ({ digest: `sha256:${hash.digest('hex')}`, size }) }
}

type Measured = { readonly digest: string; readonly size: number }

/** A blob, and what it is of before it was compressed. */
export type Packed = { readonly blob: Descriptor; readonly content: Measured }

export const hashFile = async (file: string): Promise<Measured> => {
  const { stream, result } = meter()
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), stream.resume())
  return result()
}

const pieceBytes = 1 << 20

/** `open` opens the source when all is ready to take what comes: what nobody reads of a command that has ended is thrown away. */
export const storeCompressed = async (
  mediaType: string,
  open: () => AsyncIterable<Uint8Array>,
  compressor: Transform,
): Promise<Packed> => {
  await mkdir(blobStore(), { recursive: true })
  const unfinished = unfinishedPath()
  const content = meter()
  const packed = meter()
  try {
    await pipeline(
      inPieces(open(), pieceBytes),
      content.stream,
      compressor,
      packed.stream,
      createWriteStream(unfinished),
    )
    const { digest, size } = packed.result()
    await rename(unfinished, blobPath(digest))
    return { blob: { mediaType, digest, size }, content: content.result() }
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** gzip is what every host can unpack; what travels so is little, so it may take its time. */
export const storeGzipped = async (mediaType: string, file: string): Promise<Packed> =>
  storeCompressed(
    mediaType,
    () => createReadStream(file, { highWaterMark: 1 << 20 }),
    createGzip({ level: 9 }),
  )

/**
 * Level 12: an eighth less than level 3; 19 would gain as much again in ten times the time. A window of 32 MB, in which executables
 * find what they share with those before them: CNI's plugins, or etcd and its tools, take half of what they would each by itself.
 */
const zstdParameters = {
  [constants.ZSTD_c_compressionLevel]: 12,
  [constants.ZSTD_c_enableLongDistanceMatching]: 1,
  [constants.ZSTD_c_windowLog]: 25,
}

export const zstd = (): Transform => createZstdCompress({ params: zstdParameters }) as unknown as Transform

/** Sorted, dated 1970, owned by root, so that equal files give equal digests. */
const tarArguments = (folder: string): readonly string[] => [
  ...['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'],
  ...['-C', folder, '-cf', '-', '.'],
]

/** A folder as tar writes it. A tar that fails fails the stream: half of a folder would be a layer, too. */
async function* tarOfFolder(folder: string): AsyncGenerator<Uint8Array> {
  const tar = spawn('tar', tarArguments(folder), { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<string>((resolve) => {
    tar.on('error', ({ message }) => resolve(message))
    tar.on('close', (code) => resolve(code === 0 ? '' : `it ended with ${code}`))
  })
  yield* tar.stdout
  const problem = await ended
  if (problem !== '') throw new Error(`tar of ${folder}: ${problem}`)
}

export const storeLayer = (mediaType: string, folder: string): Promise<Packed> =>
  storeCompressed(mediaType, () => tarOfFolder(folder), zstd())

export const fileSize = async (path: string): Promise<number> => (await stat(path)).size
