/** The store of blobs: named by what is in them, equal for equal contents, and never half there. */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  blobPath,
  storeCompressed,
  storeGzipped,
  storeLayer,
  storeText,
  zstd,
} from '../../../src/bundle/blobs.ts'
import { sha256 } from '../../../src/bundle/oci.ts'
import { scratchDirectory } from '../../support/scratch.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const hashOfFile = (path: string): string =>
  `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`

test('a text is where its digest says, with its size in bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const { digest, size } = await storeText('text/plain', text)
      expect(digest).toBe(sha256(text))
      expect(readFileSync(blobPath(digest), 'utf8')).toBe(text)
      expect(size).toBe(readFileSync(blobPath(digest)).length)
    }),
    { numRuns: 30 },
  )
})

test('stored by several at once it is there once, whole', async () => {
  const stored = await Promise.all(Array.from({ length: 8 }, () => storeText('text/plain', 'the same')))
  expect(new Set(stored.map(({ digest }) => digest)).size).toBe(1)
  expect(readdirSync(dirname(blobPath(sha256('x'))))).toHaveLength(1)
})

test('a file is gzipped: two hashes, of what travels and of what is to be there', async () => {
  const file = join(scratchDirectory('file'), 'binary')
  writeFileSync(file, 'x'.repeat(100_000))
  const { blob, content } = await storeGzipped('application/gzip', file)
  expect(content).toEqual({ digest: hashOfFile(file), size: 100_000 })
  expect(blob.digest).toBe(hashOfFile(blobPath(blob.digest)))
  expect(gunzipSync(readFileSync(blobPath(blob.digest)))).toEqual(readFileSync(file))
  expect(blob.size).toBeLessThan(1000)
})

const folderWith = (files: Readonly<Record<string, string>>, date: number): string => {
  const folder = scratchDirectory('layer')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
    utimesSync(join(folder, path), date, date)
  }
  return folder
}

test('a folder is the same layer whenever and in whatever order it was filled', async () => {
  const [one, other] = [
    await storeLayer('layer', folderWith({ 'usr/b': 'b', 'usr/a': 'a' }, 1)),
    await storeLayer('layer', folderWith({ 'usr/a': 'a', 'usr/b': 'b' }, 1_700_000_000)),
  ]
  expect(one).toEqual(other)
  const tar = zstdDecompressSync(readFileSync(blobPath(one.blob.digest)))
  expect(sha256(tar)).toBe(one.content.digest)
  expect(tar.toString('latin1')).toContain('./usr/a')
})

test('what cannot be read leaves no blob, and fails', async () => {
  const missing = join(scratchDirectory('none'), 'missing')
  await expect(storeGzipped('application/gzip', missing)).rejects.toThrow(/ENOENT/)
  await expect(storeLayer('layer', missing)).rejects.toThrow(/tar/)
  expect(readdirSync(dirname(blobPath(sha256('x'))))).toEqual([])
})

async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, next = 0; at < bytes.length; next++) {
    const size = sizes[next % sizes.length] ?? bytes.length
    yield bytes.subarray(at, at + size)
    at += size
  }
}

test('what is read in other chunks is the same blob', async () => {
  // zstd looks for what repeats in an executable as its chunks come.
  const bytes = readFileSync(process.execPath).subarray(0, 2_500_000)
  const store = (sizes: readonly number[]) =>
    storeCompressed('application/zstd', () => cut(bytes, sizes), zstd())
  const whole = await store([bytes.length])
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 65_536 }), { minLength: 5 }), async (sizes) => {
      expect(await store([...sizes, 65_536])).toEqual(whole)
    }),
    { numRuns: 5 },
  )
})
