/** Bundles of what lies in a folder: as it is, as upstream packs it, and as docker, podman and skopeo write images. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { createBundle } from '../../../src/bundle/create.ts'
import { annotations, type Index, type Manifest, sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { withSource } from '../../../src/bundle/sources/choose.ts'
import { verifyBundle } from '../../../src/bundle/verify.ts'
import { skopeo, writeLayout } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import {
  binaries,
  checksumText,
  executableOf,
  images,
  kubernetes,
  layerOf,
  publishedOf,
  sha256Of,
  versions,
} from '../../support/upstream.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
  return () => vi.unstubAllEnvs()
})

const make = (from: string, arches: readonly string[] = ['amd64']): Promise<string> => {
  const options = { source: 'dir', kubernetes, arches, mirrors: [], from, environment: {} } as const
  const say = (): void => undefined
  return withSource({ ...options, say }, (choice) =>
    createBundle({ kubernetes, arches, say, ...choice, output: join(scratchDirectory('out'), 'a.bundle') }),
  )
}

const put = (folder: string, name: string, content: Buffer | string): string => {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
  return path
}

const putExecutables = (folder: string): void => {
  for (const { component } of binaries) put(folder, component, executableOf(component, 'amd64'))
}

const layoutOf = (name: string, arch = 'amd64'): string => {
  const layout = scratchDirectory('layout')
  writeLayout(layout, { repository: 'any', tag: 'any', layers: { [arch]: [layerOf(`${name} for ${arch}`)] } })
  return layout
}

/** By somebody else's program: `oci:FOLDER`, `oci-archive:FILE`, `docker-archive:FILE`. */
const putImage = (target: string, name: string, arch = 'amd64'): void => {
  skopeo('copy', '--quiet', ...['--override-arch', arch], `oci:${layoutOf(name, arch)}`, `${target}:${name}`)
}

const written = mkdtempSync(join(tmpdir(), 'slipway-images-'))

afterAll(() => rmSync(written, { recursive: true }))

/** In one layout, which skopeo writes once: tests have copies of it. */
const putImages = (folder: string, names = images.map(({ name }) => name)): void => {
  const [all, copy] = [join(written, 'all'), join(folder, 'images')]
  if (!existsSync(all)) for (const { name } of images) putImage(`oci:${all}`, name)
  cpSync(all, copy, { recursive: true })
  const index = JSON.parse(readFileSync(join(all, 'index.json'), 'utf8')) as Index
  const manifests = index.manifests.filter(({ annotations: notes }) =>
    names.includes(notes?.[annotations.refName] ?? ''),
  )
  writeFileSync(join(copy, 'index.json'), JSON.stringify({ ...index, manifests }))
}

test('takes executables and archives as everybody writes them, and makes a whole bundle of them', async () => {
  const folder = scratchDirectory('from')
  const published = publishedOf('amd64')
  for (const { url, bytes } of published) {
    // Two as they are on a host, one of them below its architecture; the rest as upstream calls it.
    const name = url.pathname.replace(/^.*\//, '').replace('containerd-static-', 'containerd-')
    put(folder, name === 'kubelet' ? 'amd64/kubelet' : name, bytes)
    if (name === 'runc.amd64') put(folder, `${name}.sha256sum`, checksumText(url, bytes))
  }
  const [pause = '', etcd = '', apiserver = '', ...others] = images.map(({ name }) => name)
  const elsewhere = scratchDirectory('elsewhere')
  putImage(`docker-archive:${join(elsewhere, 'pause.tar')}`, pause)
  symlinkSync(join(elsewhere, 'pause.tar'), join(folder, 'pause.tar'))
  putImage(`oci-archive:${join(folder, 'etcd.oci.tar')}`, etcd)
  putImage(`docker-archive:${join(folder, 'apiserver.tar')}`, apiserver)
  execFileSync('gzip', [join(folder, 'apiserver.tar')])
  putImages(folder, others)

  const file = await make(folder)
  const bundle = await openBundle(file)
  await verifyBundle(bundle)
  for (const { component, path } of binaries) {
    const entry = bundle.entries.find(({ descriptor }) => descriptor.annotations?.[annotations.path] === path)
    expect(entry?.descriptor.annotations?.[annotations.sha256]).toBe(
      sha256Of(executableOf(component, 'amd64')),
    )
  }
  for (const { name } of images) {
    const { Layers: layers } = JSON.parse(skopeo('inspect', `oci-archive:${file}:${name}`))
    expect(layers, name).toHaveLength(1)
  }
})

test('makes one bundle of two architectures', async () => {
  const folder = scratchDirectory('from')
  for (const arch of ['amd64', 'arm64']) {
    for (const { component } of binaries) put(folder, `${arch}/${component}`, executableOf(component, arch))
    for (const { name } of images) putImage(`oci:${join(folder, arch, 'images')}`, name, arch)
  }
  const bundle = await openBundle(await make(folder, ['amd64', 'arm64']))
  expect(bundle.architectures.toSorted()).toEqual(['amd64', 'arm64'])
  const names = (arch: string) =>
    bundle.entries
      .filter(({ descriptor }) => descriptor.platform?.architecture === arch)
      .map(
        ({ descriptor: { annotations: notes } }) =>
          notes?.[annotations.path] ?? notes?.[annotations.imageName],
      )
  expect(names('arm64')).toEqual(names('amd64'))
  expect(names('arm64')).toHaveLength(binaries.length + images.length)
})

test('says all that is missing at once, and what it looked for', async () => {
  const folder = scratchDirectory('from')
  putExecutables(folder)
  rmSync(join(folder, 'kubelet'))
  rmSync(join(folder, 'ctr'))
  mkdirSync(join(folder, 'ctr'))
  putImages(
    folder,
    images.map(({ name }) => name).filter((name) => !name.includes('pause')),
  )
  const making = make(folder)
  await expect(making).rejects.toThrow(
    [
      `${folder} lacks 3 things of a bundle for amd64; looked for:`,
      `  ctr ${versions.containerd}: amd64/ctr, ctr, containerd-static-${versions.containerd}-linux-amd64.tar.gz with bin/ctr in it, containerd-${versions.containerd}-linux-amd64.tar.gz with bin/ctr in it`,
      `  kubelet ${versions.kubernetes}: amd64/kubelet, kubelet`,
      `  registry.k8s.io/pause:${versions.pause}: an archive or a layout with an image of that name in it`,
    ].join('\n'),
  )
})

test.each(['/nowhere', '/bin/true'])('refuses %s as a folder', async (path) => {
  await expect(make(path)).rejects.toThrow(`--from: ${path} is not a folder`)
})

test.each<[string, (folder: string) => void, RegExp]>([
  [
    'an executable for another architecture',
    (folder) => put(folder, 'runc', executableOf('runc', 'arm64')),
    /\/runc is for arm64, not for amd64/,
  ],
  [
    'a page of a login',
    (folder) => put(folder, 'runc', '<html>log in</html>'),
    /\/runc is no executable for amd64/,
  ],
  [
    'a file that is not what its checksum is of',
    (folder) => put(folder, 'runc.sha256', 'a'.repeat(64)),
    /\/runc is not what was published: it has sha256:\w{64} instead of sha256:a{64}/,
  ],
  [
    'half of an archive',
    (folder) =>
      put(folder, 'half.tar', execFileSync('tar', ['-C', '/bin', '-cf', '-', 'true']).subarray(0, 5000)),
    /half\.tar is cut off in the middle of true/,
  ],
  [
    'an archive that is none',
    (folder) => put(folder, 'a.tar', 'a'.repeat(512)),
    /a\.tar is damaged, or is not a tar/,
  ],
])('refuses %s', async (_what, spoil, message) => {
  const folder = scratchDirectory('from')
  putExecutables(folder)
  spoil(folder)
  await expect(make(folder)).rejects.toThrow(message)
})

/** As docker wrote them before 25, with what it did to layers that two images share, and what others do: packed layers. */
const dockerArchive = (
  name: string,
  layers: { readonly stored: Buffer; readonly digest: string }[],
): Buffer => {
  const folder = scratchDirectory('docker')
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  })
  layers.forEach(({ stored }, at) => {
    put(folder, `${at}/layer.tar`, stored)
  })
  mkdirSync(join(folder, 'again'))
  execFileSync('ln', ['-s', '../0/layer.tar', join(folder, 'again/layer.tar')])
  put(folder, 'config.json', config)
  const names = ['again/layer.tar', ...layers.slice(1).map((_layer, at) => `${at + 1}/layer.tar`)]
  put(folder, 'manifest.json', JSON.stringify([{ Config: 'config.json', RepoTags: [name], Layers: names }]))
  return execFileSync('tar', ['-C', folder, '--format=pax', '-cf', '-', '.'])
}

const layersOf = (...texts: readonly string[]) =>
  texts.map((text, at) => {
    const plain = layerOf(text)
    return { stored: at === 1 ? gzipSync(plain) : plain, digest: sha256(plain) }
  })

const pauseImage = `registry.k8s.io/pause:${versions.pause}`
const withoutPause = images.map(({ name }) => name).filter((name) => name !== pauseImage)

test('reads links and packed layers of an old docker archive', async () => {
  const folder = scratchDirectory('from')
  putExecutables(folder)
  putImages(folder, withoutPause)
  const layers = layersOf('one', 'two')
  put(folder, 'pause.tar', dockerArchive(pauseImage, layers))
  const file = await make(folder)
  const config = JSON.parse(skopeo('inspect', '--config', `oci-archive:${file}:${pauseImage}`))
  expect(config.rootfs.diff_ids).toEqual(layers.map(({ digest }) => digest))
  const unpacked = scratchDirectory('unpacked')
  skopeo('copy', '--quiet', `oci-archive:${file}:${pauseImage}`, `dir:${unpacked}`)
})

test.each<[string, (layer: Buffer) => Buffer, RegExp]>([
  ['is not what its configuration says', () => layerOf('another'), /has sha256:\w+ instead of sha256:/],
  ['is cut off', (layer) => layer.subarray(0, 50), /cannot be unpacked/],
  ['is empty', () => Buffer.alloc(0), /has sha256:\w+ instead of sha256:/],
])('refuses a docker archive with a layer that %s', async (_what, spoil, message) => {
  const folder = scratchDirectory('from')
  putExecutables(folder)
  putImages(folder, withoutPause)
  const layers = layersOf('one', 'two').map((layer, at) =>
    at === 1 ? { ...layer, stored: spoil(layer.stored) } : layer,
  )
  put(folder, 'pause.tar', dockerArchive(pauseImage, layers))
  const making = make(folder)
  await expect(making).rejects.toThrow(/pause\.tar is damaged: the layer 1\/layer\.tar/)
  await expect(making).rejects.toThrow(message)
})

test.each([
  ['layer', (manifest: Manifest) => manifest.layers[0]?.digest],
  ['configuration', (manifest: Manifest) => manifest.config.digest],
])('refuses a layout with a %s that is not what its name says', async (_what, choose) => {
  const folder = scratchDirectory('from')
  putExecutables(folder)
  putImages(folder)
  const layout = join(folder, 'images')
  const blob = (digest = ''): string => join(layout, 'blobs', digest.replace(':', '/'))
  const [first] = (JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as Index).manifests
  const digest = choose(JSON.parse(readFileSync(blob(first?.digest), 'utf8')) as Manifest)
  appendFileSync(blob(digest), ' ')
  await expect(make(folder)).rejects.toThrow(`${layout} is damaged: what it has as ${digest} has sha256:`)
})
