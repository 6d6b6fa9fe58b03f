/** Published files and what was unpacked from them, on this machine. They are under their checksum: a path says what is there. */
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { cacheDirectory } from '../../constants.ts'
import { hashFile } from '../blobs.ts'
import { writingTo } from '../disk-space.ts'

/** `digest`: of what was published, the archive where it is in one. */
export const releasePath = (digest: string, name: string): string =>
  join(cacheDirectory(), 'releases', digest.replace('sha256:', ''), name)

/** It appears whole, whoever else writes the same. */
export const placeFile = async (path: string, open: () => Readable): Promise<string> => {
  if (existsSync(path)) return path
  const unfinished = `${path}.${randomUUID()}`
  await writingTo(path, async () => {
    try {
      await mkdir(dirname(path), { recursive: true })
      await pipeline(open(), createWriteStream(unfinished))
      await rename(unfinished, path)
    } finally {
      await rm(unfinished, { force: true })
    }
  })
  return path
}

/** A copy of a file that its owner may change tomorrow. */
export const keepFile = async (file: string, name: string): Promise<string> => {
  const { digest } = await hashFile(file)
  return placeFile(releasePath(digest, name), () => createReadStream(file))
}
