/**
 * What a blob is made of, as far as what is in it says so. Takes a blob in the store; gives the notes of Go's linker in its executables,
 * and of dpkg about its packages, where images without a dpkg of their own keep them: one file a package in var/lib/dpkg/status.d.
 */
import { createReadStream } from 'node:fs'
import type { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { blobPath } from '../blobs.ts'
import { type Descriptor, mediaTypes } from '../oci.ts'
import { remembered } from '../remembered.ts'
import { type GoBuildInfo, type GoBuildInfoFinder, goBuildInfoFinder } from './go-build-info.ts'
import { type OnMember, readTar } from './tar-members.ts'

export type DebianPackage = { readonly name: string; readonly version: string; readonly arch: string }

/** In a layer, with its path there. */
export type GoExecutable = GoBuildInfo & { readonly file?: string }

export type BlobContents = {
  readonly go: readonly GoExecutable[]
  readonly debian: readonly DebianPackage[]
}

const unpackerFor = ({ mediaType }: Descriptor): Transform | undefined => {
  if (mediaType.endsWith('gzip')) return createGunzip()
  return mediaType.endsWith('zstd') ? (createZstdDecompress() as unknown as Transform) : undefined
}

const unpack = (blob: Descriptor, read: (bytes: AsyncIterable<Buffer>) => Promise<void>): Promise<void> => {
  const bytes = createReadStream(blobPath(blob.digest), { highWaterMark: 1 << 20 })
  const unpacker = unpackerFor(blob)
  return unpacker ? pipeline(bytes, unpacker, read) : pipeline(bytes, read)
}

const fieldOf = (control: string, field: string): string =>
  new RegExp(`^${field}: *(.*)$`, 'm').exec(control)?.[1]?.trim() ?? ''

export const packageOf = (control: string): DebianPackage => ({
  name: fieldOf(control, 'Package'),
  version: fieldOf(control, 'Version'),
  arch: fieldOf(control, 'Architecture'),
})

/** Sums of a package's files lie beside its note, and are none. */
const isPackageNote = (name: string): boolean => /^var\/lib\/dpkg\/status\.d\/(?!.*\.md5sums$)/.test(name)

const readLayer = async (layer: Descriptor): Promise<BlobContents> => {
  const finders: { readonly file: string; readonly found: GoBuildInfoFinder['found'] }[] = []
  const controls: Buffer[][] = []
  const onMember: OnMember = (name) => {
    if (isPackageNote(name)) {
      const control: Buffer[] = []
      controls.push(control)
      return (chunk) => control.push(chunk)
    }
    const { add, found } = goBuildInfoFinder()
    finders.push({ file: `/${name}`, found })
    return add
  }
  await unpack(layer, (bytes) => readTar(bytes, onMember))
  const debian = controls.map((control) => packageOf(Buffer.concat(control).toString('utf8')))
  const go = finders.flatMap(({ file, found }) => found().map((info) => ({ ...info, file })))
  return { go, debian: debian.filter(({ name }) => name !== '') }
}

const readExecutable = async (blob: Descriptor): Promise<BlobContents> => {
  const finder = goBuildInfoFinder()
  await unpack(blob, async (bytes) => {
    for await (const chunk of bytes) finder.add(chunk)
  })
  return { go: finder.found(), debian: [] }
}

export const blobContents = (blob: Descriptor): Promise<BlobContents> =>
  remembered(
    ['contents by file', blob.mediaType, blob.digest],
    () => (blob.mediaType === mediaTypes.binaryBlob ? readExecutable(blob) : readLayer(blob)),
    () => [],
  )
