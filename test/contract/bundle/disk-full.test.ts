/** The disk of the workstation fills up while a bundle is made: said as that, nothing half there, and the next run goes on. */
import { randomBytes } from 'node:crypto'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { storeGzipped, storeText } from '../../../src/bundle/blobs.ts'
import { createBundle } from '../../../src/bundle/create.ts'
import { emptyBlob, type Manifest, mediaTypes } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import type { BundleSource } from '../../../src/bundle/sources/types.ts'
import { verifyBundle } from '../../../src/bundle/verify.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { smallDisk } from '../../support/small-disk.ts'

beforeEach(() => {
  for (const name of ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME']) vi.stubEnv(name, scratchDirectory('home'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** A thing of half a megabyte that does not compress. */
const sourceOf = (file: string): BundleSource => {
  writeFileSync(file, randomBytes(500_000))
  return async ({ arch }) => {
    const { blob } = await storeGzipped(mediaTypes.binaryBlob, file)
    const config = await storeText(mediaTypes.empty, emptyBlob)
    const manifest: Manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [blob] }
    const described = await storeText(mediaTypes.manifest, JSON.stringify(manifest))
    return [
      { manifest: { ...described, platform: { os: 'linux', architecture: arch } }, blobs: [config, blob] },
    ]
  }
}

const created = (output: string, source: BundleSource) =>
  createBundle({ kubernetes: '1.37.1', arches: ['amd64'], output, source, say: () => undefined })

const noRoom = (path: string) => ({
  name: 'UserError',
  message: `cannot write ${path}: no space is left on that disk`,
  hint: expect.stringContaining('make room'),
  exitCode: 1,
})

const allBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })

test.each(['4k', '300k', '488k'])('where it is to be, with %s left', async (size) => {
  const folder = join(scratchDirectory('out'), 'disk')
  const disk = smallDisk(folder, size)
  const output = join(folder, 'file.bundle')
  const source = sourceOf(join(scratchDirectory('thing'), 'thing'))
  await expect(created(output, source)).rejects.toMatchObject(noRoom(output))
  expect(allBelow(folder)).toEqual([])

  disk.grow('4m')
  await verifyBundle(await openBundle(await created(output, source)))
})

test('where the cache is', async () => {
  const home = join(scratchDirectory('cache'), 'disk')
  const disk = smallDisk(home, '300k')
  vi.stubEnv('XDG_CACHE_HOME', home)
  const output = join(scratchDirectory('out'), 'file.bundle')
  const source = sourceOf(join(scratchDirectory('thing'), 'thing'))
  await expect(created(output, source)).rejects.toMatchObject(noRoom(join(home, 'slipway')))
  expect(allBelow(join(home, 'slipway/blobs/sha256'))).toEqual([])

  disk.grow('4m')
  await verifyBundle(await openBundle(await created(output, source)))
})

test.each([
  ['a folder', (folder: string) => folder, 'it is a folder'],
  ['below a file', (folder: string) => join(folder, 'file/x.bundle'), 'a part of that path is a file'],
])('a place that cannot be: %s', async (_what, placeIn, why) => {
  const folder = scratchDirectory('out')
  writeFileSync(join(folder, 'file'), '')
  const source = sourceOf(join(scratchDirectory('thing'), 'thing'))
  await expect(created(placeIn(folder), source)).rejects.toThrow(`cannot write ${placeIn(folder)}: ${why}`)
  expect(readdirSync(folder)).toEqual(['file'])
})
