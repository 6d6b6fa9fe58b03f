/** A bundle for hosts that are not like this machine: whatever is in it is of their architecture. */
import { createWriteStream } from 'node:fs'
import { mkdir, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { type Bundle, openBundle } from '../../src/bundle/open.ts'
import { roleContents } from '../../src/bundle/role-contents.ts'
import { preparePrerequisites } from '../../src/lab/prerequisites.ts'
import { runCommand } from '../../src/lab/run-command.ts'
import { scratchDirectory } from '../support/scratch.ts'

const made: { bundle?: Bundle } = {}
const bundle = (): Bundle => {
  if (!made.bundle) throw new Error('the bundle was not made')
  return made.bundle
}

beforeAll(async () => {
  await preparePrerequisites(['build', 'arm64'], console.log)
  made.bundle = await openBundle(
    await createBundle({ kubernetes: '1.37.1', arches: ['arm64'], say: console.log }),
  )
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

test('the index says so of every executable and every image', () => {
  const runnable = bundle().entries.filter(({ descriptor }) => descriptor.platform !== undefined)
  expect(new Set(runnable.map(({ descriptor }) => descriptor.platform?.architecture))).toEqual(
    new Set(['arm64']),
  )
  const { images, extracts, binaries } = roleContents(bundle(), 'control-plane', 'arm64')
  expect(images.images.map(({ name }) => name)).toContain('registry.k8s.io/kube-apiserver:v1.37.1')
  expect([...binaries, ...extracts].map(({ path }) => path)).toContain('/usr/bin/kubelet')
  expect(() => roleContents(bundle(), 'worker', 'amd64')).toThrow('is for arm64, and a host is amd64')
})

test('every executable in the layers of its images is one for them', async () => {
  const layers = new Set(
    bundle()
      .entries.flatMap(({ manifest }) => manifest.layers)
      .filter(({ mediaType }) => mediaType.endsWith('tar+zstd'))
      .map(({ digest }) => digest),
  )
  const folder = scratchDirectory('arm64')
  const machines: (number | undefined)[] = []
  for (const digest of layers)
    for (const file of await unpack(folder, digest)) machines.push(await machineOf(file))
  const executables = machines.filter((machine) => machine !== undefined)
  expect(executables.length).toBeGreaterThan(15)
  expect(new Set(executables)).toEqual(new Set([183]))
})
