/** A bundle is taken only whole, and only when what is in it is what was signed. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { UserError } from '../../../src/errors.ts'
import { type TarFile, tarHeader, tarOf } from '../../../src/host/tar.ts'
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

const makeAnew = 'copy it again from where it was made, or make it anew: slipway bundle create'

/** A bundle of other bytes than `tarOf` would write. */
const spoilt = (change: (bytes: Buffer) => Buffer): string => {
  const path = smallBundle({ entries })
  writeFileSync(path, change(readFileSync(path)))
  return path
}

/** One header's fields as somebody else would write them, with the sum that belongs to them. */
const header = (fields: Readonly<Record<number, string>>): Buffer => {
  const bytes = Buffer.from(tarHeader('blobs/sha256/' + '0'.repeat(64), 0))
  for (const [at, text] of Object.entries(fields)) bytes.write(text, Number(at), 'latin1')
  bytes.write(' '.repeat(8), 148)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

const before = (bytes: Buffer, more: Uint8Array): Buffer => Buffer.concat([more, bytes])

/** The entry's manifest with other words in it, named and signed by its new digest. */
const otherManifest = (change: (text: string) => string) => (files: readonly TarFile[]) => {
  const name = firstManifest(files)
  const old = Buffer.from(files.find((file) => file.name === name)?.content ?? '').toString()
  const text = change(old)
  const index = Buffer.from(files.find((file) => file.name === 'index.json')?.content ?? '')
    .toString()
    .replace(sha256(old), sha256(text))
  return [
    ...replaced('index.json', () => index)(replaced('index.json.sig', () => signed(index))(files)),
    { name: `blobs/${sha256(text).replace(':', '/')}`, content: Buffer.from(text) },
  ]
}

const signedIndex = (text: string) => (files: readonly TarFile[]) =>
  replaced('index.json', () => text)(replaced('index.json.sig', () => signed(text))(files))

describe('refused, with the file, what is wrong and what to do', () => {
  test.each([
    ['an index that was changed', replaced('index.json', (text) => `${text} `), 'not of its index'],
    ['no signature', without('index.json.sig'), 'has no index.json.sig'],
    ['no index', without('index.json'), 'has no index.json'],
    ['a signature of something else', replaced('index.json.sig', () => signed('other')), 'not of its index'],
    ['a signature that is no JSON', replaced('index.json.sig', () => 'MIIB'), 'not of its index'],
    ['a signature without a key', replaced('index.json.sig', () => '{}'), 'not of its index'],
    [
      'a key that is none',
      replaced('index.json.sig', () => '{"publicKey":"x","signature":"eA=="}'),
      'not of its index',
    ],
    ['an index that is signed and no JSON', signedIndex('{'), "its index is not one of OCI's"],
    [
      'an index that is signed and of something else',
      signedIndex('{"schemaVersion":2,"mediaType":"x","manifests":[{"digest":"../../etc/passwd"}]}'),
      "its index is not one of OCI's",
    ],
    [
      'a manifest that was changed',
      (files: readonly TarFile[]) => replaced(firstManifest(files), (text) => text.replace('2', '3'))(files),
      'is damaged: the manifest of /usr/bin/kubelet is not',
    ],
    [
      'a manifest left out',
      (files: readonly TarFile[]) => without(firstManifest(files))(files),
      'has no blobs/',
    ],
    ['a manifest that is none', otherManifest(() => '[]'), 'the manifest of /usr/bin/kubelet is not one of'],
    [
      'a blob that is not there',
      without(`blobs/sha256/${sha256('the kubelet').slice(7)}`),
      `lacks a blob of /usr/bin/kubelet: ${sha256('the kubelet')}`,
    ],
    [
      'a blob that is shorter than its manifest says',
      replaced(`blobs/sha256/${sha256('a layer').slice(7)}`, () => 'a la'),
      'has 4 bytes of a blob of registry.k8s.io/pause:3.10 that has 7',
    ],
    [
      'a file twice',
      (files: readonly TarFile[]) => [...files, ...files.slice(0, 1)],
      'holds oci-layout twice',
    ],
    [
      'an index of absurd size',
      replaced('index.json', (text) => text + ' '.repeat(4 * 1024 * 1024)),
      'far too many',
    ],
  ])('%s', async (_what, spoil, message) => {
    const path = smallBundle({ entries, spoil })
    const opening = openBundle(path)
    await expect(opening).rejects.toThrow(message)
    await expect(opening).rejects.toThrow(path)
    await expect(opening).rejects.toMatchObject({ name: 'UserError', hint: makeAnew })
  })

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    'blobs/sha256/../../../etc/passwd',
    'blobs',
    // On a disk that takes no note of case, these are files that a bundle has.
    'INDEX.JSON',
    `blobs/sha256/${'A'.repeat(64)}`,
  ])('a file named %s', async (name) => {
    const spoil = (files: readonly TarFile[]) => [...files, { name, content: Buffer.from('x') }]
    await expect(openBundle(smallBundle({ entries, spoil }))).rejects.toThrow(
      `holds ${name}, which is no part of a bundle`,
    )
  })

  test.each([
    ['a link', { 156: '2', 157: '/etc/shadow' }, 'holds the link blobs/sha256/000'],
    ['a hard link', { 156: '1', 157: 'index.json' }, 'holds the link blobs/sha256/000'],
    ['a folder', { 156: '5' }, 'is damaged at blobs/'],
    ['a device', { 156: '3' }, 'is damaged at blobs/'],
    ['a size that is no number', { 124: 'ffffffffffff' }, 'gives no size that can be'],
    ['a size below nothing', { 124: '-00000000001' }, 'is damaged at blobs/'],
    ['a size beyond the end', { 124: '77777777777\0' }, 'is cut off in the middle of blobs/'],
    ['a name in two parts', { 345: '/etc' }, 'is damaged at blobs/'],
    ['an executable', { 100: '0000755\0' }, 'is damaged at blobs/'],
  ] as const)('%s', async (_what, fields, message) => {
    await expect(openBundle(spoilt((bytes) => before(bytes, header(fields))))).rejects.toThrow(message)
  })

  test('something behind its end', async () => {
    await expect(openBundle(spoilt((bytes) => Buffer.concat([bytes, Buffer.alloc(512)])))).rejects.toThrow(
      'goes on after its end',
    )
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

  test('a folder', async () => {
    await expect(openBundle(scratchDirectory('folder'))).rejects.toThrow('is not a file')
  })

  test('one that was cut off, wherever', async () => {
    const whole = readFileSync(smallBundle({ entries }))
    const path = join(scratchDirectory('cut'), 'file')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (kept) => {
        writeFileSync(path, whole.subarray(0, kept))
        await expect(openBundle(path)).rejects.toThrow(/cut off|damaged/)
      }),
      { numRuns: 100 },
    )
  })
})
