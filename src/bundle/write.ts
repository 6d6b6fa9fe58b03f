/**
 * Writes a bundle. Takes where to, its index with the signature, and descriptors of blobs in the store; a file is there whole or not at
 * all, and holds what its index says: a blob that has changed in the store is found here, and is not in the store any more.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { exitCodes, UserError } from '../errors.ts'
import { tarEnd, tarHeader, tarPadding } from '../host/tar.ts'
import { blobPath, blobStore } from './blobs.ts'
import { writingTo } from './disk-space.ts'
import { sweepLeftovers } from './leftovers.ts'
import type { Descriptor } from './oci.ts'
import { openBundle } from './open.ts'
import { blobName } from './places.ts'
import { signIndex } from './signature.ts'
import { verifyBundle } from './verify.ts'

/** The two files that vouch for all others. */
export type Signed = { readonly index: string; readonly signature: string }

/** By the key of this machine. */
export const signedHere = async (index: string): Promise<Signed> => ({
  index,
  signature: JSON.stringify(await signIndex(index)),
})

/** `write` may take fewer bytes than it is given, as where a disk is nearly full; `writeFile` goes on until it has taken all. */
const append = (file: FileHandle, bytes: Uint8Array): Promise<void> => file.writeFile(bytes)

const writeText = async (file: FileHandle, name: string, text: string): Promise<void> => {
  const bytes = Buffer.from(text)
  await append(file, tarHeader(name, bytes.length))
  await append(file, bytes)
  await append(file, tarPadding(bytes.length))
}

const writeBlob = async (file: FileHandle, { digest, size }: Descriptor): Promise<void> => {
  const hash = createHash('sha256')
  await append(file, tarHeader(blobName(digest), size))
  for await (const chunk of createReadStream(blobPath(digest), { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer
    hash.update(bytes)
    await append(file, bytes)
  }
  if (`sha256:${hash.digest('hex')}` !== digest) {
    await rm(blobPath(digest), { force: true })
    throw new UserError(`${blobPath(digest)} was damaged, and has been taken away`, {
      hint: 'run the same command again: it is made anew, and everything else is there',
      exitCode: exitCodes.failed,
    })
  }
  await append(file, tarPadding(size))
}

const writeAll = async (path: string, signed: Signed, blobs: readonly Descriptor[]): Promise<void> => {
  const file = await open(path, 'w')
  try {
    await writeText(file, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}')
    await writeText(file, 'index.json', signed.index)
    await writeText(file, 'index.json.sig', signed.signature)
    for (const blob of blobs) await writeBlob(file, blob)
    await append(file, tarEnd)
    await file.sync()
  } finally {
    await file.close()
  }
}

const sweep = async (output: string): Promise<void> => {
  const [folder, name] = [dirname(output), basename(output)]
  await sweepLeftovers(folder, (each) => each.startsWith(`${name}.`) && each.endsWith('.part'))
  await sweepLeftovers(blobStore(), (each) => each.startsWith('.'))
}

/** Several entries may name the same blob: each is written once. */
export const writeBundle = async (
  output: string,
  signed: Signed,
  blobs: readonly Descriptor[],
): Promise<void> => {
  const distinct = [...new Map(blobs.map((blob) => [blob.digest, blob])).values()]
  const unfinished = `${output}.${process.pid}.part`
  await writingTo(output, async () => {
    try {
      await mkdir(dirname(output), { recursive: true })
      await writeAll(unfinished, signed, distinct)
      await rename(unfinished, output)
      await sweep(output)
    } finally {
      await rm(unfinished, { force: true })
    }
  })
}

/** Whether the file at that path is a bundle of this very index and signature, with every byte of it: then it need not be written. */
export const bundleHolds = async (path: string, { index, signature }: Signed): Promise<boolean> => {
  try {
    const bundle = await openBundle(path)
    if (bundle.signed.index !== index || bundle.signed.signature !== signature) return false
    await verifyBundle(bundle)
    return true
  } catch (error) {
    if (error instanceof UserError) return false
    throw error
  }
}
