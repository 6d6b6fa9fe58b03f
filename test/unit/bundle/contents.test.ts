/** What bundles hold: the same for whoever uses the hosts, whichever edition it is. */
import { describe, expect, test } from 'vitest'
import { kubernetesReleases, versionsOf } from '../../../src/bundle/catalog.ts'
import { binaryRows, type Edition, editions, imageRows } from '../../../src/bundle/contents.ts'
import { wantedOf } from '../../../src/bundle/create.ts'
import { defaultBundle } from '../../../src/bundle/default-bundle.ts'
import { goRecipes } from '../../../src/bundle/sources/go-recipes.ts'

const all: readonly Edition[] = ['upstream', ...editions]

describe.each(kubernetesReleases())('%s', (release) => {
  const versions = versionsOf(release)

  test('every edition puts the same components at the same paths', () => {
    const [upstream, ...others] = all.map((edition) =>
      binaryRows(versions, edition).map(({ component, path, version, roles }) => ({
        component,
        path,
        version,
        roles,
      })),
    )
    for (const other of others) expect(other).toEqual(upstream)
  })

  test('every edition has the same images, but for those that are never run', () => {
    const [upstream, ...others] = all.map((edition) => imageRows(versions, edition).map(({ name }) => name))
    expect(upstream?.filter((name) => name.startsWith('slipway.dev/'))).toEqual([])
    for (const other of others)
      expect(other.filter((name) => !name.startsWith('slipway.dev/'))).toEqual(upstream)
  })

  test.each(editions)('%s: what a host takes out of an image is in an image of its role', (edition) => {
    const images = imageRows(versions, edition)
    for (const { layer, roles, executable, component, target, path } of binaryRows(versions, edition)) {
      if (!layer) continue
      const carriers = images.filter(({ layers }) => layers.includes(layer))
      for (const role of roles) expect(carriers.some((image) => image.roles.includes(role))).toBe(true)
      expect(layer.files[executable ?? component]).toBe(target ?? path)
    }
  })

  test('what upstream publishes rides in no layer of ours', () => {
    expect(binaryRows(versions, 'upstream').filter(({ layer, target }) => layer ?? target)).toEqual([])
  })

  test.each(editions)('%s: there is a recipe for whatever is built', (edition) => {
    const recipes = new Set(['pause', ...goRecipes(versions).map(({ component }) => component)])
    const built = [
      ...binaryRows(versions, edition).map(({ executable, component }) => executable ?? component),
      ...imageRows(versions, edition).flatMap(({ layers }) =>
        layers.flatMap((layer) => (layer.kind === 'files' ? Object.keys(layer.files) : [])),
      ),
    ]
    expect(built.filter((component) => !recipes.has(component))).toEqual([])
  })
})

test('what a cluster has from elsewhere is left out, executables too, and the file is called after that', () => {
  const asked = { kubernetes: '1.37.1', arches: ['amd64'], say: () => undefined }
  const names = (addons?: readonly ('coredns' | 'kube-proxy')[]) =>
    wantedOf({ ...asked, addons }, 'single').flatMap(({ binaries, images }) =>
      [...binaries, ...images].map(({ component }) => component),
    )
  const kept = names(['kube-proxy', 'coredns'])
  const gone = names().filter((component) => !kept.includes(component))
  expect(gone.toSorted()).toEqual(['flannel', 'flannel-cni'])
  expect(defaultBundle('1.37.1', ['amd64'], 'single', ['kube-proxy', 'coredns'])).toMatch(
    /slipway-1\.37\.1-amd64-without-flannel\.bundle$/,
  )
})
