/**
 * Where the files of a bundle are in it. Takes an open bundle; gives name → place. A bundle is a tar whose every header has one way of
 * being written (host/tar.ts), so whatever differs from that is refused: links, folders, names that lead elsewhere, other lengths.
 */
import type { FileHandle } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { tarBlock, tarEnd, tarHeader, tarPadding } from '../host/tar.ts'

export type Place = { readonly offset: number; readonly size: number }
export type Places = ReadonlyMap<string, Place>

export const makeAnew = 'copy it again from where it was made, or make it anew: slipway bundle create'

export const damaged = (path: string, what: string): UserError =>
  new UserError(`${path} ${what}`, { hint: makeAnew })

export const blobName = (digest: string): string => `blobs/${digest.replace(':', '/')}`

/** Lower case alone: on a disk that takes no note of case, two names would be one file. */
const belongs = /^(oci-layout|index\.json|index\.json\.sig|blobs\/sha256\/[0-9a-f]{64})$/

type Header = {
  readonly name: string
  readonly size: number
  readonly link: boolean
  readonly whole: boolean
}

/** The sum of a header's bytes is in the header, taken with blanks where it stands itself (POSIX 1003.1, pax). */
const isWhole = (header: Buffer): boolean => {
  const [from, to] = [148, 156]
  const sum = header.reduce((total, byte, at) => total + (at >= from && at < to ? 32 : byte), 0)
  return Number.parseInt(header.toString('ascii', from, to), 8) === sum
}

const decoded = (header: Buffer): Header => ({
  name: header.toString('utf8', 0, 100).replace(/\0.*$/s, ''),
  size: Number.parseInt(header.toString('ascii', 124, 136), 8),
  link: ['1', '2'].includes(header.toString('ascii', 156, 157)),
  whole: header.toString('ascii', 257, 262) === 'ustar' && isWhole(header),
})

const problemOf = (header: Buffer, { name, size, link, whole }: Header): string | undefined => {
  if (!whole) return 'is damaged, or is not a bundle'
  if (link) return `holds the link ${name}: a bundle has none`
  if (!belongs.test(name)) return `holds ${name}, which is no part of a bundle`
  if (!Number.isSafeInteger(size)) return `gives no size that can be for ${name}`
  return header.equals(tarHeader(name, size)) ? undefined : `is damaged at ${name}`
}

export const placesIn = async (handle: FileHandle, path: string): Promise<Places> => {
  const places = new Map<string, Place>()
  const { size: end } = await handle.stat()
  const header = Buffer.alloc(tarBlock)
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(header, 0, tarBlock, at)
    if (bytesRead < tarBlock) throw damaged(path, 'is cut off, or is not a bundle')
    if (header.every((byte) => byte === 0)) {
      await mustEndAt(handle, path, { at, end })
      return places
    }
    const file = decoded(header)
    const problem = problemOf(header, file)
    if (problem !== undefined) throw damaged(path, problem)
    const { name, size } = file
    if (at + tarBlock + size > end) throw damaged(path, `is cut off in the middle of ${name}`)
    if (places.has(name)) throw damaged(path, `holds ${name} twice`)
    places.set(name, { offset: at + tarBlock, size })
    at += tarBlock + size + tarPadding(size).length
  }
}

const mustEndAt = async (
  handle: FileHandle,
  path: string,
  { at, end }: { readonly at: number; readonly end: number },
): Promise<void> => {
  const { buffer } = await handle.read(Buffer.alloc(tarEnd.length), 0, tarEnd.length, at)
  if (at + tarEnd.length > end) throw damaged(path, 'is cut off at its end')
  if (at + tarEnd.length < end || !buffer.equals(tarEnd)) throw damaged(path, 'goes on after its end')
}
