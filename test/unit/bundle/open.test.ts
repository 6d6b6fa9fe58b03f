/** A bundle is taken only whole, and only when what is in it is what was signed. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { UserError } from '../../../src/errors.ts'
import { type TarFile, tarOf } from '../../../src/host/tar.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type SmallEntry, signed, smallBundle } from '../../support/small-bundle.ts'

const entries: readonly SmallEntry[] = [
  { kind: 'binary', name: '/usr/bin/kubelet', layers: ['the kubelet'] },
  { kind: 'image', name: 'registry.k8s.io/pause:3.10', layers: ['a layer', 'another'] },
  { kind: 'binary', name: '/usr/bin/kubectl', arch: 'arm64' },
]

const textOf = async (blob: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of blob) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test('a sound one: its release, its architectures, its entries, and every byte of its blobs', async () => {
  const bundle = await openBundle(smallBundle({ kubernetes: '1.36.2', entries }))
  expect(bundle).toMatchObject({ kubernetes: '1.36.2', architectures: ['amd64', 'arm64'] })
  expect(bundle.entries.map(({ manifest }) => manifest.layers.length)).toEqual([1, 2, 1])
  for (const text of ['the kubelet', 'a layer', 'another'])
    expect(await textOf(bundle.read(sha256(text)))).toBe(text)
})

test('a blob that it does not hold is said by its digest', async () => {
  const bundle = await openBundle(smallBundle({ entries }))
  const digest = sha256('something else')
  expect(() => bundle.read(digest)).toThrow(`does not hold the blob ${digest}`)
})

const replaced = (name: string, change: (text: string) => string) => (files: readonly TarFile[]) =>
  files.map((file) =>
    file.name === name ? { name, content: Buffer.from(change(Buffer.from(file.content).toString())) } : file,
  )
const without = (name: string) => (files: readonly TarFile[]) => files.filter((file) => file.name !== name)
const firstManifest = (files: readonly TarFile[]): string =>
  files.find(({ name }) => name.startsWith('blobs/'))?.name ?? ''

describe('refused, with what to do', () => {
  test.each([
    [
      'an index that was changed',
      replaced('index.json', (text) => `${text} `),
      'the signature is not of its index',
    ],
    ['no signature', without('index.json.sig'), 'has no index.json.sig'],
    ['no index', without('index.json'), 'has no index.json'],
    [
      'a signature of something else',
      replaced('index.json.sig', () => signed('other')),
      'the signature is not',
    ],
    [
      'a signature that is no JSON',
      replaced('index.json.sig', () => 'MIIB'),
      'the signature is not of its index',
    ],
    [
      'a signature without a key',
      replaced('index.json.sig', () => '{}'),
      'the signature is not of its index',
    ],
    [
      'a key that is none',
      replaced('index.json.sig', () => '{"publicKey":"x","signature":"eA=="}'),
      'the signature is not of its index',
    ],
    [
      'a manifest that was changed',
      (files: readonly TarFile[]) => replaced(firstManifest(files), (text) => text.replace('2', '3'))(files),
      'is damaged',
    ],
    [
      'a manifest left out',
      (files: readonly TarFile[]) => without(firstManifest(files))(files),
      'has no blobs/',
    ],
    [
      'a file twice',
      (files: readonly TarFile[]) => [...files, ...files.slice(0, 1)],
      'holds oci-layout twice',
    ],
  ])('%s', async (_what, spoil, message) => {
    const opening = openBundle(smallBundle({ entries, spoil }))
    await expect(opening).rejects.toThrow(message)
    await expect(opening).rejects.toMatchObject({ hint: 'make it anew: slipway bundle create' })
  })

  test.each([
    ['a file that is not there', undefined],
    ['an empty file', ''],
    ['a text', 'kind: Cluster\n'.repeat(100)],
    ['a tar of something else', tarOf([{ name: 'readme', content: Buffer.from('hello') }])],
  ])('%s', async (_what, content) => {
    const path = join(scratchDirectory('bundle'), 'file')
    if (content !== undefined) writeFileSync(path, content)
    await expect(openBundle(path)).rejects.toBeInstanceOf(UserError)
  })

  test('one that was cut off, wherever', async () => {
    const whole = smallBundle({ entries })
    const { length } = readFileSync(whole)
    const path = join(scratchDirectory('cut'), 'file')
    await fc.assert(
      // The end mark of a tar is two blocks: what is left of the first of them is enough.
      fc.asyncProperty(fc.integer({ min: 0, max: length - 1024 }), async (kept) => {
        writeFileSync(path, readFileSync(whole))
        truncateSync(path, kept)
        await expect(openBundle(path)).rejects.toBeInstanceOf(UserError)
      }),
      { numRuns: 50 },
    )
  })

  test('one bit turned in what is signed or hashed, wherever, and never an error that is not the user’s', async () => {
    const whole = readFileSync(smallBundle({ entries }))
    const path = join(scratchDirectory('turned'), 'file')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length * 8 - 1 }), async (bit) => {
        const turned = Buffer.from(whole)
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        writeFileSync(path, turned)
        const opened: unknown = await openBundle(path).catch((error: unknown) => error)
        if (opened instanceof Error) expect(opened).toBeInstanceOf(UserError)
      }),
      { numRuns: 200 },
    )
  })
})
