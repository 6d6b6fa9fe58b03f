/**
 * Remembers what was made of what: compressing half a gigabyte again would take longer than all the rest. Takes what a thing is made
 * of, how it is made, and the digests of the blobs it needs; gives it.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { blobPath } from './blobs.ts'

/** Counted up when equal parts give other bytes than before: another compression, another layout of a layer. */
const generation = 4

export const remembered = async <T>(
  parts: readonly string[],
  make: () => Promise<T>,
  digestsOf: (made: T) => readonly string[],
): Promise<T> => {
  const key = createHash('sha256')
    .update([generation, ...parts].join('\0'))
    .digest('hex')
    .slice(0, 32)
  const file = join(cacheDirectory(), 'made', `${key}.json`)
  if (existsSync(file)) {
    const known = JSON.parse(await readFile(file, 'utf8')) as T
    if (digestsOf(known).every((digest) => existsSync(blobPath(digest)))) return known
  }
  const made = await make()
  await mkdir(dirname(file), { recursive: true })
  // Somebody else may be making the same at this moment, or reading.
  const unfinished = `${file}.${randomUUID()}`
  await writeFile(unfinished, JSON.stringify(made))
  await rename(unfinished, file)
  return made
}
