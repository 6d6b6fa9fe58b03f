/** Writes a bundle. Takes where to, the text of its index and descriptors of blobs in the store; a file is there whole or not at all. */
import { createReadStream, existsSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { tarEnd, tarHeader, tarPadding } from '../host/tar.ts'
import { blobPath } from './blobs.ts'
import { writingTo } from './disk-space.ts'
import type { Descriptor } from './oci.ts'
import { signIndex } from './signature.ts'

const writeText = async (file: FileHandle, name: string, text: string): Promise<void> => {
  const bytes = Buffer.from(text)
  await file.write(tarHeader(name, bytes.length))
  await file.write(bytes)
  await file.write(tarPadding(bytes.length))
}

const writeBlob = async (file: FileHandle, { digest, size }: Descriptor): Promise<void> => {
  await file.write(tarHeader(`blobs/${digest.replace(':', '/')}`, size))
  for await (const chunk of createReadStream(blobPath(digest), { highWaterMark: 1 << 20 }))
    await file.write(chunk as Buffer)
  await file.write(tarPadding(size))
}

/** The two files that vouch for all others. */
type Signed = { readonly index: string; readonly signature: string }

const writeAll = async (path: string, signed: Signed, blobs: readonly Descriptor[]): Promise<void> => {
  const file = await open(path, 'w')
  try {
    await writeText(file, 'oci-layout', '{"imageLayoutVersion":"1.0.0"}')
    await writeText(file, 'index.json', signed.index)
    await writeText(file, 'index.json.sig', signed.signature)
    for (const blob of blobs) await writeBlob(file, blob)
    await file.write(tarEnd)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** As somebody signed it. Several entries may name the same blob: each is written once. */
export const writeSignedBundle = async (
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
    } finally {
      await rm(unfinished, { force: true })
    }
  })
}

/** Signed by the key of this machine. */
export const writeBundle = async (
  output: string,
  index: string,
  blobs: readonly Descriptor[],
): Promise<void> => {
  const signature = JSON.stringify(await signIndex(index))
  await writeSignedBundle(output, { index, signature }, blobs)
}

/** Whether the file at that path is a bundle of this very index: then it need not be written again. */
export const bundleHolds = async (path: string, index: string): Promise<boolean> => {
  if (!existsSync(path)) return false
  const file = await open(path, 'r')
  try {
    const wanted = Buffer.from(index)
    // oci-layout takes two blocks, the header of index.json one more.
    const { buffer, bytesRead } = await file.read(Buffer.alloc(wanted.length), 0, wanted.length, 3 * 512)
    return bytesRead === wanted.length && buffer.equals(wanted)
  } finally {
    await file.close()
  }
}
