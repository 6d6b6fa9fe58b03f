/** A bundle is made once, whole, and again only where it is not what it should be. */
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { blobPath, storeText } from '../../../src/bundle/blobs.ts'
import { createBundle } from '../../../src/bundle/create.ts'
import type { Entry } from '../../../src/bundle/make.ts'
import { emptyBlob, type Manifest, mediaTypes, sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import type { BundleSource } from '../../../src/bundle/sources/types.ts'
import { verifyBundle } from '../../../src/bundle/verify.ts'
import { scratchDirectory } from '../../support/scratch.ts'

beforeEach(() => {
  for (const name of ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME']) vi.stubEnv(name, scratchDirectory('home'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

/** As real sources do, it makes a blob where the store has none. */
const source: BundleSource = async ({ arch }) => {
  const layer = await storeText('application/octet-stream', 'a layer')
  const config = await storeText(mediaTypes.empty, emptyBlob)
  const manifest: Manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [layer] }
  const described = await storeText(mediaTypes.manifest, JSON.stringify(manifest))
  const entry: Entry = {
    manifest: { ...described, platform: { os: 'linux', architecture: arch } },
    blobs: [config, layer],
  }
  return [entry]
}

const created = (output: string) => {
  const said: string[] = []
  const say = (line: string): void => {
    said.push(line)
  }
  const making = createBundle({ kubernetes: '1.37.1', arches: ['amd64'], output, source, say })
  return making.then((path) => ({ path, said }))
}

const target = () => join(scratchDirectory('out'), 'new', 'file.bundle')

test('is there, sound, with nothing beside it', async () => {
  const output = target()
  expect((await created(output)).said).toHaveLength(1)
  await verifyBundle(await openBundle(output))
  expect(readdirSync(join(output, '..'))).toEqual(['file.bundle'])
})

test('made again it is the same file, untouched', async () => {
  const output = target()
  await created(output)
  const { ino } = statSync(output)
  expect((await created(output)).said).toEqual([])
  expect(statSync(output).ino).toBe(ino)
})

test.each([
  [
    'damaged in a blob',
    (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('a layer', 'a lAyer'), 'latin1'),
  ],
  ['cut off', (bytes: Buffer) => bytes.subarray(0, -1)],
  ['something else', () => Buffer.from('hello')],
])('one that is %s is made anew', async (_what, spoil) => {
  const output = target()
  await created(output)
  const whole = readFileSync(output)
  writeFileSync(output, spoil(whole))
  expect((await created(output)).said).toHaveLength(1)
  expect(readFileSync(output).equals(whole)).toBe(true)
})

test('one that another key signed is signed by ours', async () => {
  const output = target()
  await created(output)
  const { signer } = await openBundle(output)
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('other'))
  await created(output)
  expect((await openBundle(output)).signer).not.toBe(signer)
})

test('what killed runs have left is taken away when nobody can be at it any more, and nothing else', async () => {
  const output = target()
  await created(output)
  const [folder, store] = [dirname(output), dirname(blobPath(sha256('a layer')))]
  const old = [join(folder, 'file.bundle.123.part'), join(store, '.begun')]
  const others = [join(folder, 'file.bundle.456.part'), join(store, '.at-it'), join(folder, 'other.part')]
  for (const file of [...old, ...others]) writeFileSync(file, '')
  const longAgo = Date.now() / 1000 - 3 * 24 * 3600
  for (const file of [...old, join(folder, 'other.part'), blobPath(sha256('a layer'))])
    utimesSync(file, longAgo, longAgo)
  writeFileSync(output, '')
  await created(output)
  expect(old.filter((file) => existsSync(file))).toEqual([])
  expect(others.filter((file) => !existsSync(file))).toEqual([])
})

test('a blob that has changed in the store is in no bundle; run again, it is made anew', async () => {
  const output = target()
  await created(output)
  const whole = readFileSync(output)
  const blob = blobPath(sha256('a layer'))
  writeFileSync(blob, 'a lAyer')
  writeFileSync(output, '')
  const refused = created(output)
  await expect(refused).rejects.toThrow(`${blob} was damaged`)
  await expect(refused).rejects.toMatchObject({ exitCode: 1, hint: expect.stringContaining('again') })
  expect(readFileSync(output, 'utf8')).toBe('')
  expect(readdirSync(join(output, '..'))).toEqual(['file.bundle'])
  expect(existsSync(blob)).toBe(false)
  await created(output)
  expect(readFileSync(output).equals(whole)).toBe(true)
})
