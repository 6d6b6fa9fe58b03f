/** Pulling from a real registry: what is in the store afterwards is, bit for bit, what somebody else's program put there. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { blobPath } from '../../../src/bundle/blobs.ts'
import type { Entry } from '../../../src/bundle/make.ts'
import { mediaTypes, sha256 } from '../../../src/bundle/oci.ts'
import { pullImage } from '../../../src/bundle/registry/pull-image.ts'
import { startFront } from '../../support/front-server.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { sessionTo } from '../../support/registry-client.ts'
import { pushWithSkopeo, skopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const pull = async (
  registry: Pick<Registry, 'origin'>,
  { reference = 'v1', arch = 'amd64' }: { readonly reference?: string; readonly arch?: string } = {},
): Promise<Entry> =>
  pullImage({
    session: await sessionTo(registry),
    repository: 'a/b',
    reference,
    arch,
    say: () => undefined,
  })

const image = (layers: Readonly<Record<string, readonly Buffer[]>>) => ({
  repository: 'a/b',
  tag: 'v1',
  layers,
})

/** All that the entry names is in the store, and is what its name says. */
const expectStored = ({ manifest, blobs }: Entry): void => {
  for (const { digest, size } of [manifest, ...blobs]) {
    const bytes = readFileSync(blobPath(digest))
    expect({ digest: sha256(bytes), size: bytes.length }).toEqual({ digest, size })
  }
}

test('an image without an index: manifest, configuration and layers', async () => {
  const registry = await startRegistry()
  const layers = [randomBytes(3_000_000), randomBytes(100)]
  const pushed = pushWithSkopeo(registry, image({ amd64: layers }))
  const entry = await pull(registry)
  expect(entry.manifest).toEqual({ ...pushed, platform: { os: 'linux', architecture: 'amd64' } })
  expect(entry.blobs.slice(1).map(({ digest }) => digest)).toEqual(layers.map(sha256))
  expectStored(entry)
})

describe('of an index', () => {
  const layers = { amd64: [randomBytes(1000)], arm64: [randomBytes(1000)] }

  test.each(['amd64', 'arm64'] as const)('the image for %s is taken, by tag and by digest', async (arch) => {
    const registry = await startRegistry()
    const index = pushWithSkopeo(registry, image(layers))
    const byTag = await pull(registry, { arch })
    expect(byTag.blobs.slice(1).map(({ digest }) => digest)).toEqual(layers[arch].map(sha256))
    expect(byTag.manifest.platform).toEqual({ os: 'linux', architecture: arch })
    expectStored(byTag)
    expect(await pull(registry, { arch, reference: index.digest })).toEqual(byTag)
    expect(await pull(registry, { arch, reference: byTag.manifest.digest })).toEqual(byTag)
  })

  test('what is there for others only is said', async () => {
    const registry = await startRegistry()
    pushWithSkopeo(registry, image(layers))
    await expect(pull(registry, { arch: 's390x' })).rejects.toThrow(
      `${registry.origin.host}/a/b:v1 is not there for linux on s390x, but for amd64, arm64`,
    )
  })
})

test('an image that is for another architecture is not taken for one that is wanted', async () => {
  const registry = await startRegistry()
  pushWithSkopeo(registry, image({ arm64: [randomBytes(1000)] }))
  await expect(pull(registry)).rejects.toThrow('is not there for linux on amd64, but for arm64')
})

test('a tag that is not there is named', async () => {
  const registry = await startRegistry()
  await expect(pull(registry, { reference: 'v2' })).rejects.toMatchObject({
    message: `${registry.origin.host}/a/b:v2 is not there`,
    hint: expect.stringContaining('skopeo list-tags'),
  })
})

test("docker's own formats are taken as they are", async () => {
  const registry = await startRegistry()
  const { host } = registry.origin
  pushWithSkopeo(registry, image({ amd64: [randomBytes(1000)] }))
  const [from, to] = [`docker://${host}/a/b:v1`, `docker://${host}/a/b:v2s2`]
  skopeo('copy', '--quiet', '--format=v2s2', '--src-tls-verify=false', '--dest-tls-verify=false', from, to)
  const entry = await pull(registry, { reference: 'v2s2' })
  expect(entry.manifest.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json')
  expectStored(entry)
})

test('layers that are here already are not fetched again, and one that an image has twice is fetched once', async () => {
  const registry = await startRegistry()
  const [shared, own] = [randomBytes(1000), randomBytes(1000)]
  pushWithSkopeo(registry, image({ amd64: [shared, shared] }))
  pushWithSkopeo(registry, { ...image({ amd64: [shared, own] }), tag: 'v2' })
  await registry.requests()
  await pull(registry)
  await pull(registry, { reference: 'v2' })
  const fetched = (await registry.requests()).filter((line) => line.includes('/blobs/'))
  const times = (layer: Buffer): number => fetched.filter((line) => line.includes(sha256(layer))).length
  expect([times(shared), times(own)]).toEqual([1, 1])
})

describe('what a registry may not say', () => {
  const answering = (document: unknown) =>
    startFront(new URL('http://127.0.0.1:1'), ({ path }) =>
      path.includes('/manifests/')
        ? {
            kind: 'answer',
            status: 200,
            headers: { 'content-type': mediaTypes.manifest },
            body: typeof document === 'string' ? document : JSON.stringify(document),
          }
        : { kind: 'answer', status: 200, body: 'owned' },
    )
  const descriptor = { mediaType: mediaTypes.imageConfig, digest: sha256('x'), size: 5 }
  const manifest = { schemaVersion: 2, mediaType: mediaTypes.manifest, config: descriptor, layers: [] }

  test.each([
    [
      'a digest that leads elsewhere',
      { ...manifest, config: { ...descriptor, digest: 'sha256:../../../owned' } },
    ],
    ['a manifest of version 1', { schemaVersion: 1, fsLayers: [], history: [] }],
    ['an index under the name of an image', { ...manifest, manifests: [], config: undefined }],
    ['no JSON', '<html>'],
    ['another kind of JSON', []],
    ['nothing', ''],
  ])('%s', async (_what, document) => {
    await expect(pull(await answering(document))).rejects.toThrow(
      'is neither an image nor an index of images',
    )
    expect(existsSync(join(dirname(blobPath(sha256('x'))), '..', '..', '..', 'owned'))).toBe(false)
  })

  test('an index that points to itself ends', async () => {
    const digest = sha256('x')
    const own = {
      mediaType: mediaTypes.index,
      digest,
      size: 5,
      platform: { os: 'linux', architecture: 'amd64' },
    }
    const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: [own] }
    await expect(pull(await answering(index))).rejects.toThrow('is not what was asked for')
  })

  test('a manifest without an end', async () => {
    const front = await startFront(new URL('http://127.0.0.1:1'), () => ({
      kind: 'answer',
      status: 200,
      body: ' '.repeat((4 << 20) + 1),
    }))
    await expect(pull(front)).rejects.toThrow(/^cannot read .*\/a\/b:v1: .* is larger than/)
  })
})
