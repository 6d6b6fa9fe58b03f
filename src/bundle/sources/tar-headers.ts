/**
 * Headers of tar archives: POSIX's ustar and pax, and GNU's long names. Takes an open file and where a header begins; gives the member
 * that it is of, or nothing where the archive ends.
 */
import type { FileHandle } from 'node:fs/promises'
import { UserError } from '../../errors.ts'
import { tarBlock } from '../../host/tar.ts'

export type Headed = {
  readonly name: string
  readonly size: number
  /** A hard link's target is a name in the archive, a symbolic one's begins beside it. */
  readonly kind: 'file' | 'link' | 'symlink' | 'other'
  readonly target: string
  /** Of all the headers of this member: its bytes come after them. */
  readonly length: number
}

/** What headers before the header say better than it can: longer names, larger sizes. */
type Better = { readonly name?: string; readonly target?: string; readonly size?: number }

/** A name that is longer than this is nobody's; what says so is not a tar. */
const longestNote = 1 << 16

const text = (block: Buffer, from: number, to: number): string =>
  block.toString('utf8', from, to).replace(/\0.*$/s, '')

/** Octal digits or, where they do not suffice, a binary number after a set bit (GNU). */
const sizeIn = (block: Buffer): number => {
  if (((block[124] ?? 0) & 0x80) !== 0) return Number(block.readBigUInt64BE(128))
  return Number.parseInt(text(block, 124, 136).trim() || '0', 8)
}

/** The sum is taken with blanks where it stands itself (POSIX 1003.1, pax). */
const isHeader = (block: Buffer): boolean => {
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0)
  return Number.parseInt(text(block, 148, 156), 8) === sum && Number.isSafeInteger(sizeIn(block))
}

const nameIn = (block: Buffer): string => {
  const name = text(block, 0, 100)
  // GNU's magic is "ustar  ", and other things stand where POSIX has the beginning of a long name.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 500) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

const kinds: Readonly<Record<string, Headed['kind']>> = {
  '0': 'file',
  '': 'file',
  '7': 'file',
  '1': 'link',
  '2': 'symlink',
}

/** `27 path=a/long/name\n`, many times; the number counts the bytes of its whole line. */
const paxNotes = (bytes: Buffer): Better => {
  const notes: Record<string, string> = {}
  for (let at = 0; at < bytes.length; ) {
    const length = Number.parseInt(bytes.toString('latin1', at, at + 20), 10)
    if (!(length > 0)) break
    const [, key = '', value = ''] =
      /^\d+ ([^=]+)=(.*)\n$/s.exec(bytes.toString('utf8', at, at + length)) ?? []
    notes[key] = value
    at += length
  }
  const { path, linkpath, size } = notes
  return {
    ...(path && { name: path }),
    ...(linkpath && { target: linkpath }),
    ...(size && { size: Number(size) }),
  }
}

const betterFrom = (type: string, bytes: Buffer): Better => {
  if (type === 'x') return paxNotes(bytes)
  if (type === 'L') return { name: text(bytes, 0, bytes.length) }
  return type === 'K' ? { target: text(bytes, 0, bytes.length) } : {}
}

const readAt = async (handle: FileHandle, at: number, length: number, file: string): Promise<Buffer> => {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at)
  if (bytesRead === length) return buffer
  throw new UserError(`${file} is cut off, or is not a tar archive`, { hint: 'fetch it again' })
}

export const readHeader = async (
  handle: FileHandle,
  start: number,
  file: string,
): Promise<Headed | undefined> => {
  let better: Better = {}
  for (let at = start; ; ) {
    const block = await readAt(handle, at, tarBlock, file)
    if (block.every((byte) => byte === 0)) return undefined
    if (!isHeader(block))
      throw new UserError(`${file} is damaged, or is not a tar archive`, { hint: 'fetch it again' })
    at += tarBlock
    const type = text(block, 156, 157)
    if (!['x', 'g', 'L', 'K'].includes(type)) {
      const found = { name: nameIn(block), target: text(block, 157, 257), size: sizeIn(block), ...better }
      const kind = kinds[type] ?? 'other'
      return {
        ...found,
        kind,
        size: kind === 'file' || kind === 'other' ? found.size : 0,
        length: at - start,
      }
    }
    const length = sizeIn(block)
    if (length > longestNote)
      throw new UserError(`${file} has a name of ${length} bytes: it is damaged`, { hint: 'fetch it again' })
    better = { ...better, ...betterFrom(type, await readAt(handle, at, length, file)) }
    at += Math.ceil(length / tarBlock) * tarBlock
  }
}
