/**
 * Reads archives that others have made: ustar, GNU's and pax's tar, as they are, with gzip or with zstd. Takes a file; gives its members
 * by name. Nothing is written under a name from an archive: who wants a member asks for it and says where it goes.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { cacheDirectory } from '../../constants.ts'
import { exitCodes, UserError } from '../../errors.ts'
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

const openTar = async (path: string, file: string): Promise<Archive> => {
  const handle = await open(path, 'r')
  try {
    const members = await scan(handle, file)
    return {
      where: file,
      names: [...members.keys()],
      has: (name) => resolve(members, name) !== undefined,
      read: (name) => {
        const member = resolve(members, name)
        if (!member) return undefined
        const { offset, header } = member
        const end = offset + header.size - 1
        return header.size === 0 ? Readable.from([]) : createReadStream(path, { start: offset, end })
      },
    }
  } finally {
    await handle.close()
  }
}

/** By its first bytes: names of archives are as people like them. */
const unpackerOf = async (file: string): Promise<Transform | undefined> => {
  const handle = await open(file, 'r')
  try {
    const start = (await handle.read(Buffer.alloc(4), 0, 4, 0)).buffer.toString('hex')
    if (start.startsWith('1f8b')) return createGunzip()
    return start === '28b52ffd' ? (createZstdDecompress() as unknown as Transform) : undefined
  } finally {
    await handle.close()
  }
}

/** A member can only be found in what is unpacked: that is in the cache, and gone when `use` is done. */
export const withArchive = async <T>(file: string, use: (archive: Archive) => Promise<T>): Promise<T> => {
  const unpacker = await unpackerOf(file)
  if (!unpacker) return use(await openTar(file, file))
  const scratch = join(cacheDirectory(), 'unpacked')
  await writingTo(scratch, () => mkdir(scratch, { recursive: true }))
  const folder = await mkdtemp(join(scratch, 'archive-'))
  try {
    const unpacked = join(folder, basename(file))
    await writingTo(unpacked, () => pipeline(createReadStream(file), unpacker, createWriteStream(unpacked)))
    return await use(await openTar(unpacked, file))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
