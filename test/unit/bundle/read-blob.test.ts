/** Read in place: every byte, also of two blobs at the same time, and what was cut off meanwhile ends. */
import { createHash, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInPlace } from '../../../src/bundle/read-blob.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const bytes = randomBytes(3_000_001)

const written = (): string => {
  const file = join(scratchDirectory('bundle'), 'bundle')
  writeFileSync(file, bytes)
  return file
}

const hash = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

const hashOf = async (file: string, offset: number, size: number): Promise<string> => {
  const all = createHash('sha256')
  for await (const chunk of readInPlace(file, { offset, size })) all.update(chunk)
  return all.digest('hex')
}

test.each([
  [0, 3_000_001],
  [513, 2_000_000],
  [3_000_000, 1],
  [12, 0],
])('from %d, %d bytes', async (offset, size) => {
  expect(await hashOf(written(), offset, size)).toBe(hash(bytes.subarray(offset, offset + size)))
})

test('two at once do not share a buffer, and one that was given up leaves nothing wrong', async () => {
  const file = written()
  for await (const chunk of readInPlace(file, { offset: 0, size: 1_000_000 })) if (chunk.length > 0) break
  const [one, two] = await Promise.all([hashOf(file, 0, 1_600_000), hashOf(file, 1_400_000, 1_600_001)])
  expect(one).toBe(hash(bytes.subarray(0, 1_600_000)))
  expect(two).toBe(hash(bytes.subarray(1_400_000)))
})

test('a file that is shorter than it was ends early, and whoever reads counts', async () => {
  const chunks: number[] = []
  for await (const chunk of readInPlace(written(), { offset: 3_000_000, size: 9 })) chunks.push(chunk.length)
  expect(chunks).toEqual([1])
})
