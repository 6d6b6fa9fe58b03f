/** A bundle of the control plane for hosts that are not like this machine: whatever is in it is of their architecture. */
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { mediaTypes } from '../../src/bundle/oci.ts'
import { type Bundle, openBundle } from '../../src/bundle/open.ts'
import { roleContents } from '../../src/bundle/role-contents.ts'
import { preparePrerequisites } from '../../src/lab/prerequisites.ts'
import { runCommand } from '../../src/lab/run-command.ts'
import { controlPlaneBundle } from '../support/bundles.ts'
import { scratchDirectory } from '../support/scratch.ts'

const made: { bundle?: Bundle } = {}
const bundle = (): Bundle => {
  if (!made.bundle) throw new Error('the bundle was not made')
  return made.bundle
}

beforeAll(async () => {
  await preparePrerequisites(['build', 'arm64'], console.log)
  made.bundle = await openBundle(await controlPlaneBundle('arm64', console.log))
})

/** e_machine of an ELF header: 183 is AArch64 (elf(5)). undefined: no executable. */
const machineOf = async (file: string): Promise<number | undefined> => {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(20), 0, 20, 0)
    return bytesRead === 20 && buffer.toString('latin1', 1, 4) === 'ELF' ? buffer.readUInt16LE(18) : undefined
  } finally {
    await handle.close()
  }
}

const unpack = async (folder: string, digest: string): Promise<readonly string[]> => {
  const [archive, root] = [join(folder, `${digest.slice(7, 19)}.tar`), join(folder, digest.slice(7, 19))]
  await mkdir(root)
  await pipeline(bundle().read(digest), createZstdDecompress(), createWriteStream(archive))
  await runCommand(['tar', '-xf', archive, '-C', root])
  const found = await readdir(root, { recursive: true, withFileTypes: true })
  return found.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
}

const blobsOf = (mediaType: string): readonly string[] => [
  ...new Set(
    bundle()
      .entries.flatMap(({ manifest }) => manifest.layers)
      .filter((layer) => layer.mediaType === mediaType)
      .map(({ digest }) => digest),
  ),
]

test('the index says so of every executable and every image', () => {
  expect(bundle().architectures).toEqual(['arm64'])
  const runnable = bundle().entries.filter(({ descriptor }) => descriptor.platform !== undefined)
  expect(runnable).toHaveLength(6)
  expect(new Set(runnable.map(({ descriptor }) => descriptor.platform?.architecture))).toEqual(
    new Set(['arm64']),
  )
  const { images, binaries } = roleContents(bundle(), 'control-plane', 'arm64')
  const names = images.images.map(({ name }) => name.replace(/^registry\.k8s\.io\/(.*):.*$/, '$1'))
  expect(names).toEqual(['pause', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
  expect(binaries.map(({ path }) => path)).toEqual(['/usr/local/bin/runc'])
  expect(() => roleContents(bundle(), 'worker', 'amd64')).toThrow('is for arm64, and a host is amd64')
})

test('every executable in the layers of its images is one for them', async () => {
  const folder = scratchDirectory('arm64')
  const machines: (number | undefined)[] = []
  for (const digest of blobsOf(mediaTypes.zstdLayer))
    for (const file of await unpack(folder, digest)) machines.push(await machineOf(file))
  // etcd comes with its two clients.
  expect(machines).toEqual(Array(7).fill(183))
})

test('and so is one with C code, which travels by itself', async () => {
  const file = join(scratchDirectory('arm64'), 'runc')
  const [digest = ''] = blobsOf(mediaTypes.binaryBlob)
  await pipeline(bundle().read(digest), createGunzip(), createWriteStream(file))
  expect(await machineOf(file)).toBe(183)
})
