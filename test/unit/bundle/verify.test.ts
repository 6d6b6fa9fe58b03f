/** Every byte of a bundle counts: whatever was changed in it is found, and said by what it is a part of. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { verifyBundle } from '../../../src/bundle/verify.ts'
import { UserError } from '../../../src/errors.ts'
import type { TarFile } from '../../../src/host/tar.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type SmallEntry, smallBundle } from '../../support/small-bundle.ts'

const entries: readonly SmallEntry[] = [
  { kind: 'binary', name: '/usr/bin/kubelet', layers: ['the kubelet'] },
  { kind: 'image', name: 'registry.k8s.io/pause:3.10', layers: ['a layer', ''] },
]

const verified = async (path: string) => verifyBundle(await openBundle(path))
const blobFile = (text: string): string => `blobs/sha256/${sha256(text).slice('sha256:'.length)}`

test('a sound one: how many blobs, how many bytes', async () => {
  const { blobs, bytes } = await verified(smallBundle({ entries }))
  expect(blobs).toBe(6)
  expect(bytes).toBeGreaterThan('the kubelet'.length)
})

test.each([
  [
    'a blob that was changed',
    (files: readonly TarFile[]) =>
      files.map((file) =>
        file.name === blobFile('a layer') ? { ...file, content: Buffer.from('A layer') } : file,
      ),
    `is damaged: ${blobFile('a layer')}, a part of registry.k8s.io/pause:3.10, has the digest ${sha256('A layer')}`,
  ],
  [
    'a blob that nothing names',
    (files: readonly TarFile[]) => [...files, { name: blobFile('more'), content: Buffer.from('more') }],
    `holds ${blobFile('more')}, which its index does not name`,
  ],
  [
    'no layout',
    (files: readonly TarFile[]) => files.filter(({ name }) => name !== 'oci-layout'),
    'has no oci-layout',
  ],
])('%s', async (_what, spoil, message) => {
  const path = smallBundle({ entries, spoil })
  await expect(verified(path)).rejects.toThrow(`${path} ${message}`)
})

test('one bit turned, wherever: found, and never as an error that is not the user’s', async () => {
  const whole = readFileSync(smallBundle({ entries }))
  const path = join(scratchDirectory('turned'), 'file')
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length * 8 - 1 }), async (bit) => {
      const turned = Buffer.from(whole)
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      writeFileSync(path, turned)
      await expect(verified(path)).rejects.toBeInstanceOf(UserError)
    }),
    { numRuns: 120 },
  )
})

test('any stretch of it overwritten: found', async () => {
  const whole = readFileSync(smallBundle({ entries }))
  const path = join(scratchDirectory('overwritten'), 'file')
  const stretch = fc.record({
    at: fc.nat({ max: whole.length - 1 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }),
  })
  await fc.assert(
    fc.asyncProperty(stretch, async ({ at, bytes }) => {
      const other = Buffer.concat([whole.subarray(0, at), bytes, whole.subarray(at + bytes.length)])
      fc.pre(!other.equals(whole))
      writeFileSync(path, other)
      await expect(verified(path)).rejects.toBeInstanceOf(UserError)
    }),
    { numRuns: 60 },
  )
})
