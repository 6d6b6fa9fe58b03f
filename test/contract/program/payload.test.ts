/** What is too big for the tar: executables and images, of which only the missing blobs travel. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { BlobSource } from '../../../src/host/program-types.ts'
import type { BinaryStep, BlobRef, ImportStep } from '../../../src/plan/types.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { attempt, fileStep, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex')

/** Bytes that do not compress, of a length that no block size divides. */
const noise = (seed: string, length: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
      createHash('sha256').update(`${seed}${at}`).digest(),
    ),
  ).subarray(0, length)

const bundle = () => {
  const blobs = new Map<string, Buffer>()
  const read: string[] = []
  const add = (content: Buffer): BlobRef => {
    const digest = `sha256:${sha256(content)}`
    blobs.set(digest, content)
    return { digest, size: content.length }
  }
  const source: BlobSource = {
    read: (digest) => {
      read.push(digest)
      const content = blobs.get(digest) ?? Buffer.alloc(0)
      return Readable.from([content.subarray(0, 1000), content.subarray(1000)])
    },
  }
  return { add, blobs, read, source }
}

type Bundle = ReturnType<typeof bundle>

const binaryStep = ({ add }: Bundle, name: string, content: Buffer): BinaryStep => ({
  kind: 'binary',
  id: name,
  title: `Install ${name}`,
  path: `/usr/local/bin/${name}`,
  mode: 0o755,
  sha256: sha256(content),
  size: content.length,
  blob: add(gzipSync(content)),
})

const importStep = ({ add }: Bundle, names: readonly string[]): ImportStep => {
  const layer = add(noise('layer', 70_001))
  const images = names.map((name) => ({ name, manifest: add(Buffer.from(`manifest of ${name}`)) }))
  return {
    kind: 'import',
    id: 'images',
    title: 'Import the images',
    images: images.map(({ name, manifest }) => ({ name, digest: manifest.digest })),
    blobs: [layer, ...images.map(({ manifest }) => manifest)],
    index: JSON.stringify({
      schemaVersion: 2,
      manifests: images.map(({ name, manifest }) => ({
        ...manifest,
        annotations: { 'io.containerd.image.name': name },
      })),
    }),
  }
}

/** As a run does it: looked at first, so that what is missing travels. */
const carryOut = async (host: ShellHost, { source }: Bundle, step: ImportStep) =>
  attempt(host, [step], { payload: await attempt(host, [step], { mode: 'check' }), blobs: source })

const installed = (host: ShellHost, name: string): string => join(host.root, 'usr/local/bin', name)

describe.each(shells)('%s', (shell) => {
  it('sends what the check found missing, in one stream, and nothing the second time', async () => {
    const host = shellHost(shell, [fakeCommands])
    const made = bundle()
    const kubelet = noise('kubelet', 200_003)
    const steps = [
      fileStep('/etc/first', 'x'),
      binaryStep(made, 'kubelet', kubelet),
      binaryStep(made, 'empty', Buffer.alloc(0)),
      importStep(made, ['registry.k8s.io/pause:3.10', 'registry.k8s.io/etcd:3.6']),
      fileStep('/etc/last', 'x'),
    ]
    const checked = await attempt(host, steps, { mode: 'check' })
    expect(statuses(checked)).toEqual(Array(5).fill('pending'))
    expect(checked[3]?.missingBlobs).toHaveLength(3)
    const applied = await attempt(host, steps, { payload: checked, blobs: made.source })
    expect(statuses(applied)).toEqual(Array(5).fill('changed'))
    expect(readFileSync(installed(host, 'kubelet')).equals(kubelet)).toBe(true)
    expect(statSync(installed(host, 'kubelet')).mode & 0o777).toBe(0o755)
    expect(made.read).toHaveLength(5)

    const again = await attempt(host, steps, { mode: 'check' })
    expect(statuses(again)).toEqual(Array(5).fill('unchanged'))
    expect(statuses(await attempt(host, steps, { payload: again, blobs: made.source }))).toEqual(
      Array(5).fill('unchanged'),
    )
    expect(made.read).toHaveLength(5)
  })

  it('imports only the blobs that are not there', async () => {
    const host = shellHost(shell, [fakeCommands])
    const made = bundle()
    const first = importStep(made, ['a:1'])
    await carryOut(host, made, first)
    const second = importStep(made, ['a:1', 'b:1'])
    const checked = await attempt(host, [second], { mode: 'check' })
    expect(checked).toMatchObject([{ detail: 'images missing: 1', missingBlobs: [second.images[1]?.digest] }])
    expect(statuses(await attempt(host, [second], { payload: checked, blobs: made.source }))).toEqual([
      'changed',
    ])
  })

  it.each([
    ['whose name is not', () => ''],
    ['that a kubelet may throw away', (images: string) => images.replace('pinned=pinned', 'pinned=no')],
  ])('imports an image whose blobs are all there and %s', async (_what, changed) => {
    const host = shellHost(shell, [fakeCommands])
    const made = bundle()
    const step = importStep(made, ['a:1'])
    await carryOut(host, made, step)
    const images = join(host.root, 'containerd/images')
    writeFileSync(images, changed(readFileSync(images, 'utf8')))
    const checked = await attempt(host, [step], { mode: 'check' })
    expect(checked).toMatchObject([{ missingBlobs: [] }])
    expect(statuses(await attempt(host, [step], { payload: checked, blobs: made.source }))).toEqual([
      'changed',
    ])
  })

  it('finds an import of no image as wanted, whatever is there', async () => {
    const host = shellHost(shell, [fakeCommands])
    const made = bundle()
    await carryOut(host, made, importStep(made, ['a:1']))
    expect(statuses(await attempt(host, [importStep(made, [])], { mode: 'check' }))).toEqual(['unchanged'])
  })

  it('skips exactly a payload that is no longer needed', async () => {
    const host = shellHost(shell, [fakeCommands])
    const made = bundle()
    const [one, two] = [
      binaryStep(made, 'one', noise('one', 100_001)),
      binaryStep(made, 'two', noise('two', 99)),
    ]
    const checked = await attempt(host, [one, two], { mode: 'check' })
    await attempt(host, [one], { payload: checked, blobs: made.source })
    const applied = await attempt(host, [one, two], { payload: checked, blobs: made.source })
    expect(statuses(applied)).toEqual(['unchanged', 'changed'])
  })

  it.each(['binary', 'import'] as const)(
    'fails a %s whose payload was not sent, without waiting',
    async (kind) => {
      const host = shellHost(shell, [fakeCommands])
      const made = bundle()
      const step = kind === 'binary' ? binaryStep(made, 'b', noise('b', 10)) : importStep(made, ['a:1'])
      const [result] = await attempt(host, [step], { payload: [] })
      expect(result).toMatchObject({
        status: 'failed',
        detail: expect.stringContaining('run the same command again'),
      })
      expect(existsSync(installed(host, 'b'))).toBe(false)
    },
  )

  it('installs nothing whose contents are not the promised ones', async () => {
    const host = shellHost(shell)
    const made = bundle()
    const step = binaryStep(made, 'kubelet', noise('a', 5000))
    const other = gzipSync(noise('b', 5000))
    made.blobs.set(step.blob.digest, other)
    const payload = await attempt(host, [step], { mode: 'check' })
    const wrong = { ...step, blob: { ...step.blob, size: other.length } }
    const [result] = await attempt(host, [wrong], { payload, blobs: made.source })
    expect(result).toMatchObject({
      status: 'failed',
      detail: expect.stringContaining('not what the bundle promises'),
    })
    expect(readdirSync(join(host.root, 'usr/local/bin'))).toEqual([])
  })

  it('rejects when the bundle has less than it said', async () => {
    const host = shellHost(shell)
    const made = bundle()
    const step = binaryStep(made, 'kubelet', noise('a', 5000))
    const payload = await attempt(host, [step], { mode: 'check' })
    made.blobs.set(step.blob.digest, Buffer.from('short'))
    await expect(attempt(host, [step], { payload, blobs: made.source })).rejects.toThrow(
      /bytes long and is not/,
    )
    expect(existsSync(installed(host, 'kubelet'))).toBe(false)
  })

  it('hashes a binary again only when it was touched, and then finds a change of the same size', async () => {
    const host = shellHost(shell)
    const made = bundle()
    const content = noise('a', 5000)
    const step = binaryStep(made, 'kubelet', content)
    const payload = await attempt(host, [step], { mode: 'check' })
    await attempt(host, [step], { payload, blobs: made.source })
    const remembered = join(host.root, 'var/lib/slipway/verified', step.sha256)
    expect(readFileSync(remembered, 'utf8')).toContain(String(statSync(installed(host, 'kubelet')).ino))
    writeFileSync(installed(host, 'kubelet'), noise('b', 5000))
    expect(await attempt(host, [step], { mode: 'check' })).toMatchObject([
      { status: 'pending', detail: 'other content' },
    ])
    writeFileSync(installed(host, 'kubelet'), content)
    expect(statuses(await attempt(host, [step], { mode: 'check' }))).toEqual(['unchanged'])
  })
})
