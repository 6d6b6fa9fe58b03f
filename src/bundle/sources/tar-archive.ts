/**
 * Reads archives that others have made: ustar, GNU's and pax's tar, as they are, with gzip or with zstd. Takes a file; gives its members
 * by name. Nothing is written under a name from an archive: who wants a member asks for it and says where it goes.
 */
import { randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { cacheDirectory } from '../../constants.ts'
import { errorMessage, exitCodes, UserError } from '../../errors.ts'
import { tarBlock } from '../../host/tar.ts'
import { writingTo } from '../disk-space.ts'
import { type Headed, readHeader } from './tar-headers.ts'

export type Archive = {
  /** For messages. */
  readonly where: string
  readonly names: readonly string[]
  readonly has: (name: string) => boolean
  /** Undefined when there is no such file in it. */
  readonly read: (name: string) => Readable | undefined
}

export const damaged = ({ where }: Archive, what: string): UserError =>
  new UserError(`${where} is damaged: ${what}`, {
    hint: 'fetch or write it anew',
    exitCode: exitCodes.failed,
  })

export const contentOf = (archive: Archive, name: string): Readable => {
  const content = archive.read(name)
  if (content) return content
  throw damaged(archive, `it names ${name}, and does not have it`)
}

type Member = { readonly header: Headed; readonly offset: number }

const plainName = (name: string): string => posix.normalize(name).replace(/^\/+/, '')

const scan = async (handle: FileHandle, file: string): Promise<ReadonlyMap<string, Member>> => {
  const members = new Map<string, Member>()
  const { size: end } = await handle.stat()
  for (let at = 0; ; ) {
    const header = await readHeader(handle, at, file)
    if (!header) return members
    const offset = at + header.length
    if (offset + header.size > end)
      throw new UserError(`${file} is cut off in the middle of ${header.name}`, { hint: 'fetch it again' })
    members.set(plainName(header.name), { header, offset })
    at = offset + Math.ceil(header.size / tarBlock) * tarBlock
  }
}

/** `docker save` of old writes a layer that two images share as a link to its first place. */
const resolve = (members: ReadonlyMap<string, Member>, name: string, hops = 8): Member | undefined => {
  const member = members.get(plainName(name))
  if (!member || member.header.kind === 'file') return member
  if (member.header.kind === 'other' || hops === 0) return undefined
  const { kind, target } = member.header
  return resolve(members, kind === 'link' ? target : posix.join(posix.dirname(name), target), hops - 1)
}

/** Not the handle's own stream, which closes it when somebody stops reading. */
async function* bytesOf(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const chunk = Buffer.allocUnsafe(Math.min(1 << 18, to - at))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) return
    yield chunk.subarray(0, bytesRead)
    at += bytesRead
  }
}

const archiveIn = (handle: FileHandle, file: string, members: ReadonlyMap<string, Member>): Archive => ({
  where: file,
  names: [...members.keys()],
  has: (name) => resolve(members, name) !== undefined,
  read: (name) => {
    const member = resolve(members, name)
    if (!member) return undefined
    const { offset, header } = member
    return Readable.from(bytesOf(handle, offset, offset + header.size))
  },
})

/** By its first bytes: names of archives are as people like them. */
const unpackerOf = async (handle: FileHandle): Promise<Transform | undefined> => {
  const start = (await handle.read(Buffer.alloc(4), 0, 4, 0)).buffer.toString('hex')
  if (start.startsWith('1f8b')) return createGunzip()
  return start === '28b52ffd' ? (createZstdDecompress() as unknown as Transform) : undefined
}

/** zlib's are Z_DATA_ERROR and the like, zstd's ZSTD_error_…. */
export const isPackingError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z(STD)?_/.test(String(error.code))

/** A file that has no name: it is gone when it is closed, however this process ends. */
const namelessFile = async (): Promise<FileHandle> => {
  const path = join(cacheDirectory(), `.unpacked-${randomUUID()}`)
  await mkdir(cacheDirectory(), { recursive: true })
  const handle = await open(path, 'wx+', 0o600)
  await rm(path)
  return handle
}

const unpack = async (file: string, from: FileHandle, unpacker: Transform): Promise<FileHandle> =>
  writingTo(cacheDirectory(), async () => {
    const handle = await namelessFile()
    try {
      await pipeline(bytesOf(from, 0, Number.POSITIVE_INFINITY), unpacker, async (chunks) => {
        for await (const chunk of chunks as AsyncIterable<Buffer>) await handle.writeFile(chunk)
      })
      return handle
    } catch (cause) {
      await handle.close()
      if (!isPackingError(cause)) throw cause
      throw new UserError(`${file} is cut off or damaged: ${errorMessage(cause)}`, {
        hint: 'fetch it again',
        cause,
      })
    }
  })

const withFile = async <T>(handle: FileHandle, use: (handle: FileHandle) => Promise<T>): Promise<T> => {
  try {
    return await use(handle)
  } finally {
    await handle.close()
  }
}

/** A member can only be found in what is unpacked. Who reads one has read it when `use` is done. */
export const withArchive = async <T>(file: string, use: (archive: Archive) => Promise<T>): Promise<T> =>
  withFile(await open(file, 'r'), async (packed) => {
    const readIt = async (plain: FileHandle): Promise<T> =>
      use(archiveIn(plain, file, await scan(plain, file)))
    const unpacker = await unpackerOf(packed)
    return unpacker ? withFile(await unpack(file, packed, unpacker), readIt) : readIt(packed)
  })
