/**
 * A blob of a bundle, read in place. Takes the file and the blob's place in it; gives its bytes in big chunks, all of them in one and
 * the same buffer: a chunk is good until the next is asked for. Several hosts are sent hundreds of megabytes each at the same time, and
 * a new buffer for every chunk of them would be most of the memory that Slipway needs.
 */
import { open } from 'node:fs/promises'
import type { Place } from './places.ts'

const chunkSize = 1 << 19

/** Those that no blob is being read into. */
const idle: Buffer[] = []

export async function* readInPlace(path: string, { offset, size }: Place): AsyncGenerator<Uint8Array> {
  if (size === 0) return
  const file = await open(path, 'r')
  const buffer = idle.pop() ?? Buffer.allocUnsafeSlow(chunkSize)
  try {
    for (let at = 0; at < size; ) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(chunkSize, size - at), offset + at)
      // Somebody has shortened it meanwhile: whoever reads knows how much there should be.
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
      at += bytesRead
    }
  } finally {
    idle.push(buffer)
    await file.close()
  }
}
