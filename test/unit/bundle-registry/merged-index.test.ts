/** The index that an image's tag names, when bundles of several architectures are pushed one after the other. */
import { expect, test } from 'vitest'
import { type Descriptor, mediaTypes, sha256 } from '../../../src/bundle/oci.ts'
import { mergedIndex } from '../../../src/bundle/registry/push-images.ts'

const imageFor = (architecture: string, content = architecture): Descriptor => ({
  mediaType: mediaTypes.manifest,
  digest: sha256(content),
  size: 100,
  annotations: { 'dev.slipway.component': 'pause' },
  platform: { os: 'linux', architecture },
})

const digestsOf = (...images: readonly Descriptor[]) => images.map(({ digest }) => digest)
const [amd64, arm64] = [imageFor('amd64'), imageFor('arm64')]

test('in whichever order they come, the index is the same', () => {
  const first = mergedIndex(mergedIndex(undefined, [amd64]), [arm64])
  const second = mergedIndex(mergedIndex(undefined, [arm64]), [amd64])
  expect(JSON.stringify(first)).toBe(JSON.stringify(second))
  expect(JSON.stringify(mergedIndex(undefined, [arm64, amd64]))).toBe(JSON.stringify(first))
  expect(digestsOf(...first.manifests)).toEqual(digestsOf(amd64, arm64))
})

test('a newer image takes the place of the one for its architecture, and of no other', () => {
  const newer = imageFor('amd64', 'newer')
  const { manifests } = mergedIndex(mergedIndex(undefined, [amd64, arm64]), [newer])
  expect(digestsOf(...manifests)).toEqual(digestsOf(newer, arm64))
})

test("it has none of the bundle's annotations", () => {
  expect(JSON.stringify(mergedIndex(undefined, [amd64]))).not.toContain('annotations')
})
