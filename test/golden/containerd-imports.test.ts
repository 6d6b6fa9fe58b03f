/** The real containerd takes images as upstream publishes them, out of a bundle that carries them bit for bit. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { expect, test, vi } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { type Bundle, openBundle } from '../../src/bundle/open.ts'
import { roleContents } from '../../src/bundle/role-contents.ts'
import { withSource } from '../../src/bundle/sources/choose.ts'
import { type TarFile, tarOf } from '../../src/host/tar.ts'
import type { ImportStep } from '../../src/plan/types.ts'
import { ctrBinary, runOracle } from '../support/kubeadm.ts'
import { startContainerd } from '../support/running-containerd.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { kubernetes } from '../support/upstream.ts'
import { startMirrors, walledOff } from '../support/upstream-servers.ts'

const mirroredBundle = async (mirrors: readonly string[]): Promise<Bundle> => {
  const common = { kubernetes, arches: ['amd64'], say: () => undefined }
  const output = join(scratchDirectory('out'), 'a.bundle')
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
  try {
    const file = await withSource(
      { ...common, source: 'mirror', mirrors, environment: walledOff },
      (choice) => createBundle({ ...common, ...choice, output }),
    )
    return await openBundle(file)
  } finally {
    vi.unstubAllEnvs()
  }
}

/** What a host is sent. */
const layoutOf = async (bundle: Bundle, { index, blobs }: ImportStep): Promise<Uint8Array> => {
  const files: TarFile[] = [
    { name: 'oci-layout', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { name: 'index.json', content: Buffer.from(index) },
  ]
  for (const { digest } of blobs)
    files.push({ name: `blobs/${digest.replace(':', '/')}`, content: await buffer(bundle.read(digest)) })
  return tarOf(files)
}

test('images of docker and of the OCI, with layers in gzip, come in under their names and digests', async () => {
  const { mirrors } = await startMirrors(['amd64'])
  const bundle = await mirroredBundle(mirrors)
  const step = roleContents(bundle, 'control-plane', 'amd64').images
  const { socket } = await startContainerd()
  const ctr = [await ctrBinary(), '--address', socket, '-n', 'k8s.io'] as const
  const [command, ...args] = ctr
  const importing = spawn(command, [...args, 'images', 'import', '--local', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = once(importing, 'exit')
  await pipeline(Readable.from([await layoutOf(bundle, step)]), importing.stdin)
  expect(await ended).toEqual([0, null])
  const { stdout } = await runOracle(command, [...args, 'images', 'ls'])
  const rows = stdout.split('\n').map((line) => line.split(/\s+/))
  for (const { name, digest } of step.images)
    expect(rows.find(([found]) => found === name)?.[2], name).toBe(digest)
  expect(stdout).toContain('application/vnd.docker.distribution.manifest.v2+json')
  expect(stdout).toContain('application/vnd.oci.image.manifest.v1+json')
})
