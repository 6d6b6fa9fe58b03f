/** A real registry behind a line that breaks and servers that are busy: what arrives is whole, and nothing is sent for nothing. */
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { blobPath } from '../../../src/bundle/blobs.ts'
import { type Descriptor, sha256 } from '../../../src/bundle/oci.ts'
import { pullImage } from '../../../src/bundle/registry/pull-image.ts'
import { pushBlob } from '../../../src/bundle/registry/push-blob.ts'
import { type Happening, type Rule, startFront } from '../../support/front-server.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { sessionTo } from '../../support/registry-client.ts'
import { pushWithSkopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const layer = randomBytes(3_000_000)
const isLayer = (path: string): boolean => path.endsWith(`/blobs/${sha256(layer)}`)

const registryWithImage = async (): Promise<Registry & { readonly image: Descriptor }> => {
  const registry = await startRegistry()
  const image = pushWithSkopeo(registry, { repository: 'a/b', tag: 'v1', layers: { amd64: [layer] } })
  await registry.requests()
  return { ...registry, image }
}

const pullThrough = async (registry: Registry, rule: Rule) => {
  const session = await sessionTo(await startFront(registry.origin, rule))
  const say = (): void => undefined
  return pullImage({ session, repository: 'a/b', reference: 'v1', arch: 'amd64', say })
}

/** Of whatever the rule is asked, only the first so many times. */
const firstTimes = (times: number, matches: (path: string) => boolean, happening: Happening): Rule => {
  let left = times
  return ({ path }) => {
    if (left === 0 || !matches(path)) return undefined
    left -= 1
    return happening
  }
}

describe('pulling', () => {
  test('a blob whose transfer is cut goes on where it stopped, again and again', async () => {
    const registry = await registryWithImage()
    const ranges: (string | undefined)[] = []
    const cuts = firstTimes(7, isLayer, { kind: 'cut', of: 'answer', after: 400_000 })
    await pullThrough(registry, (asked) => {
      if (isLayer(asked.path)) ranges.push(asked.headers.range)
      return cuts(asked)
    })
    expect(sha256(readFileSync(blobPath(sha256(layer))))).toBe(sha256(layer))
    const starts = ranges.map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0))
    expect(starts).toEqual(starts.toSorted((a, b) => a - b))
    expect(starts.at(-1)).toBeGreaterThan(1_000_000)
  })

  test('a line that brings nothing more is given up, and the next run goes on from what came', async () => {
    const registry = await registryWithImage()
    const dead = pullThrough(registry, ({ path, headers }) =>
      isLayer(path)
        ? { kind: 'cut', of: 'answer', after: headers.range === undefined ? 1_000_000 : 0 }
        : undefined,
    )
    await expect(dead).rejects.toThrow(/stopped after \d{6,7} bytes, again and again/)
    expect(existsSync(blobPath(sha256(layer)))).toBe(false)
    const ranges: (string | undefined)[] = []
    await pullThrough(registry, ({ path, headers }) => {
      if (isLayer(path)) ranges.push(headers.range)
      return undefined
    })
    expect(ranges).toEqual([expect.stringMatching(/^bytes=\d{6,7}-$/)])
    expect(sha256(readFileSync(blobPath(sha256(layer))))).toBe(sha256(layer))
  })

  test('a blob that was changed on the way is refused, and nothing of it is kept', async () => {
    const registry = await registryWithImage()
    const changed = pullThrough(registry, ({ path }) => (isLayer(path) ? { kind: 'spoil' } : undefined))
    await expect(changed).rejects.toThrow(`instead of ${sha256(layer)}`)
    const kept = readdirSync(dirname(blobPath(sha256(layer))))
    expect(kept.filter((file) => file.includes(sha256(layer).replace('sha256:', '')))).toEqual([])
  })

  test('a manifest that is not what its tag was said to be is refused', async () => {
    const registry = await registryWithImage()
    const changed = pullThrough(registry, ({ path }) =>
      path.endsWith('/manifests/v1') ? { kind: 'spoil' } : undefined,
    )
    await expect(changed).rejects.toThrow(`instead of ${registry.image.digest}`)
  })

  test.each([
    ['429, and says when to come back', { status: 429, headers: { 'retry-after': '0' } }],
    ['503', { status: 503 }],
    ['500 with a page of HTML', { status: 500, body: '<html>' }],
  ])('a server that answers %s is asked again', async (_what, answer) => {
    const registry = await registryWithImage()
    const { manifest } = await pullThrough(
      registry,
      firstTimes(4, () => true, { kind: 'answer', ...answer }),
    )
    expect(manifest.digest).toBe(registry.image.digest)
  })

  test('a server that goes on like that is given up after five times', async () => {
    const registry = await registryWithImage()
    let asked = 0
    const busy = pullThrough(registry, () => {
      asked += 1
      return { kind: 'answer', status: 429, headers: { 'retry-after': '0' } }
    })
    await expect(busy).rejects.toThrow(/answers 429/)
    expect(asked).toBe(5)
  })

  test('a server that wants to be left alone for an hour is believed', async () => {
    const registry = await registryWithImage()
    let asked = 0
    const busy = pullThrough(registry, () => {
      asked += 1
      return { kind: 'answer', status: 429, headers: { 'retry-after': '3600' } }
    })
    await expect(busy).rejects.toThrow(/answers 429/)
    expect(asked).toBe(1)
  })
})

describe('pushing', () => {
  const push = async (registry: Registry, rule: Rule): Promise<boolean> => {
    const session = await sessionTo(await startFront(registry.origin, rule))
    return pushBlob({
      session,
      repository: 'a/b',
      digest: sha256(layer),
      size: layer.length,
      from: 'some.bundle',
      open: () => Readable.from([layer.subarray(0, 2_000_000), layer.subarray(2_000_000)]),
    })
  }
  const isUpload = (path: string): boolean => path.includes('/blobs/uploads/') && path.includes('digest=')

  test('an upload that is cut is begun again, and what is stored is whole', async () => {
    const registry = await startRegistry()
    await push(registry, firstTimes(2, isUpload, { kind: 'cut', of: 'request', after: 1_000_000 }))
    const answers = await registry.requests()
    expect(answers.filter((line) => line.startsWith('POST'))).toHaveLength(3)
    const stored = await fetch(new URL(`/v2/a/b/blobs/${sha256(layer)}`, registry.origin))
    expect(sha256(Buffer.from(await stored.arrayBuffer()))).toBe(sha256(layer))
  })

  test('an upload whose answer is lost is found there, and not sent again', async () => {
    const registry = await startRegistry()
    expect(await push(registry, firstTimes(1, isUpload, { kind: 'lose' }))).toBe(false)
    expect((await registry.requests()).filter((line) => line.startsWith('PUT'))).toHaveLength(1)
  })

  test('a registry that stays busy is given up, with what it answers', async () => {
    const registry = await startRegistry()
    const busy = push(registry, ({ path }) =>
      isUpload(path) ? { kind: 'answer', status: 503, headers: { 'retry-after': '0' } } : undefined,
    )
    await expect(busy).rejects.toThrow(/cannot push .*: .* answers 503/)
  })
})
