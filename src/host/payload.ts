/**
 * The blobs that follow a program on its input. Takes a step and what a check found missing; gives the payload with its exact
 * size, and later its bytes. The host reads by that size, so a source that gives one byte more or less is an error here.
 */
import { Buffer } from 'node:buffer'
import type { BinaryStep, BlobRef, ImportStep } from '../plan/types.ts'
import type { BlobSource, Payload } from './program-types.ts'
import { tarEnd, tarHeader, tarPadding, tarSize } from './tar.ts'

/** The marker file of an OCI image layout (image-spec 1.1, image-layout.md). */
const ociLayout = Buffer.from('{"imageLayoutVersion":"1.0.0"}')

export const payloadOf = (step: BinaryStep | ImportStep, missing: readonly string[]): Payload => {
  if (step.kind === 'binary') return { kind: 'blob', blob: step.blob, size: step.blob.size }
  const blobs = step.blobs.filter((blob) => missing.includes(blob.digest))
  const sizes = [ociLayout.length, Buffer.byteLength(step.index), ...blobs.map((blob) => blob.size)]
  const size = sizes.reduce((total, each) => total + tarSize(each), tarEnd.length)
  return { kind: 'layout', index: step.index, blobs, size }
}

async function* blobBytes(blob: BlobRef, source: BlobSource): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const chunk of source.read(blob.digest)) {
    sent += chunk.length
    if (sent > blob.size) break
    yield chunk
  }
  if (sent !== blob.size)
    throw new Error(`the blob ${blob.digest} should be ${blob.size} bytes long and is not`)
}

async function* fileInTar(name: string, content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield tarHeader(name, content.length)
  yield content
  yield tarPadding(content.length)
}

/** An OCI layout that holds only some of its blobs: containerd takes the others from its own store. */
async function* layoutBytes(
  payload: Payload & { readonly kind: 'layout' },
  source: BlobSource,
): AsyncGenerator<Uint8Array> {
  yield* fileInTar('oci-layout', ociLayout)
  yield* fileInTar('index.json', Buffer.from(payload.index))
  for (const blob of payload.blobs) {
    yield tarHeader(`blobs/${blob.digest.replace(':', '/')}`, blob.size)
    yield* blobBytes(blob, source)
    yield tarPadding(blob.size)
  }
  yield tarEnd
}

export const payloadBytes = (payload: Payload, source: BlobSource): AsyncIterable<Uint8Array> =>
  payload.kind === 'blob' ? blobBytes(payload.blob, source) : layoutBytes(payload, source)
