/** Contents of archives into the store of blobs. Takes a way to read them; what is not what it is said to be is refused. */
import { existsSync } from 'node:fs'
import { PassThrough, type Readable } from 'node:stream'
import { exitCodes, UserError } from '../../errors.ts'
import { blobPath, type Packed, storeCompressed, zstd } from '../blobs.ts'
import { type Descriptor, mediaTypes } from '../oci.ts'

/** Bit for bit. What turns out to be something else is in the store under its own digest, where nobody looks for it. */
export const storeExactly = async (
  { mediaType, digest }: Descriptor,
  open: () => Readable,
  where: string,
): Promise<void> => {
  if (existsSync(blobPath(digest))) return
  const { blob } = await storeCompressed(mediaType, open, new PassThrough())
  if (blob.digest === digest) return
  throw new UserError(`${where} is damaged: what it has as ${digest} has ${blob.digest}`, {
    hint: 'write the archive anew',
    exitCode: exitCodes.failed,
  })
}

/** A plain layer, packed as our own are. */
export const storeLayerOf = (open: () => AsyncIterable<Uint8Array>): Promise<Packed> =>
  storeCompressed(mediaTypes.zstdLayer, open, zstd())
