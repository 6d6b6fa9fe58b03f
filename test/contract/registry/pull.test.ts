/** Pulling from a real registry: what is in the store afterwards is, bit for bit, what somebody else's program put there. */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { blobPath } from '../../../src/bundle/blobs.ts'
import { sha256 } from '../../../src/bundle/oci.ts'
import { pullImage } from '../../../src/bundle/registry/pull-image.ts'
import { startRegistry } from '../../support/registry.ts'
import { sessionTo } from '../../support/registry-client.ts'
import { pushWithSkopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const say = (): void => undefined

test('an image without an index: manifest, configuration and layers', async () => {
  const registry = await startRegistry()
  const layers = [randomBytes(3_000_000), randomBytes(100)]
  const pushed = pushWithSkopeo(registry, { repository: 'a/b', tag: 'v1', layers: { amd64: layers } })
  const session = await sessionTo(registry)
  const entry = await pullImage({ session, repository: 'a/b', reference: 'v1', arch: 'amd64', say })
  expect(entry.manifest).toMatchObject({ digest: pushed.digest, size: pushed.size })
  expect(entry.manifest.platform).toEqual({ os: 'linux', architecture: 'amd64' })
  expect(entry.blobs.slice(1).map(({ digest }) => digest)).toEqual(layers.map(sha256))
  for (const { digest } of [entry.manifest, ...entry.blobs])
    expect(sha256(readFileSync(blobPath(digest)))).toBe(digest)
})
