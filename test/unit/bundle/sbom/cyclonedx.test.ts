/** The bill of materials: everything that a bundle is made of, each once, the same for the same bundle. */
import { describe, expect, test } from 'vitest'
import { annotations, type Descriptor, mediaTypes, sha256 } from '../../../../src/bundle/oci.ts'
import type { BlobContents } from '../../../../src/bundle/sbom/blob-contents.ts'
import { type Ingredient, makeBom } from '../../../../src/bundle/sbom/cyclonedx.ts'
import { knownLicences } from '../../../../src/bundle/sbom/licences.ts'

const kubelet: Descriptor = {
  mediaType: mediaTypes.manifest,
  digest: sha256('kubelet'),
  size: 7,
  artifactType: mediaTypes.binary,
  platform: { os: 'linux', architecture: 'amd64' },
  annotations: {
    [annotations.component]: 'kubelet',
    [annotations.version]: '1.37.1',
    [annotations.path]: '/usr/bin/kubelet',
    [annotations.sha256]: 'ab'.repeat(32),
  },
}

const proxy: Descriptor = {
  mediaType: mediaTypes.manifest,
  digest: sha256('proxy'),
  size: 5,
  platform: { os: 'linux', architecture: 'arm64' },
  annotations: {
    [annotations.component]: 'kube-proxy',
    [annotations.version]: '1.37.1',
    [annotations.imageName]: 'registry.k8s.io/kube-proxy:v1.37.1',
  },
}

const net = { path: 'golang.org/x/net', version: 'v0.50.0', sum: 'h1:net=' }
const toml = { path: 'github.com/BurntSushi/toml', version: 'v1.6.0+incompatible' }
const ours = { path: 'slipway.dev/bundle', version: '(devel)' }
const go = (...modules: readonly (typeof net | typeof toml)[]): BlobContents => ({
  go: [{ go: 'go1.26.8', path: 'main', modules }],
  debian: [],
})
const debian: BlobContents = {
  go: [],
  debian: [{ name: 'libc6', version: '1:2.41-12+deb13u1', arch: 'arm64' }],
}

const entries: readonly Ingredient[] = [
  { descriptor: kubelet, contents: [go(net, toml, ours)] },
  { descriptor: proxy, contents: [debian, go(net)] },
]
const licences = { 'golang.org/x/net': 'BSD-3-Clause', 'github.com/BurntSushi/toml': 'MIT AND Apache-2.0' }
const bom = makeBom({ kubernetes: '1.37.1', entries, licences })

const withName = (name: string) => bom.components.filter((component) => component.name === name)

describe('components', () => {
  test('what is in the bundle, by what it is there', () => {
    expect(withName('kubelet')).toEqual([
      {
        type: 'application',
        'bom-ref': '/usr/bin/kubelet#linux/amd64',
        name: 'kubelet',
        version: '1.37.1',
        hashes: [{ alg: 'SHA-256', content: 'ab'.repeat(32) }],
        properties: [
          { name: 'slipway:platform', value: 'linux/amd64' },
          { name: 'slipway:path', value: '/usr/bin/kubelet' },
        ],
      },
    ])
    expect(withName('kube-proxy')).toMatchObject([
      { type: 'container', hashes: [{ content: proxy.digest.slice('sha256:'.length) }] },
    ])
  })

  test('a Go module: once for all that have it, with its sum, its licence and its URL', () => {
    expect(withName('golang.org/x/net')).toEqual([
      {
        type: 'library',
        'bom-ref': 'pkg:golang/golang.org/x/net@v0.50.0',
        name: 'golang.org/x/net',
        version: 'v0.50.0',
        licenses: [{ license: { id: 'BSD-3-Clause' } }],
        purl: 'pkg:golang/golang.org/x/net@v0.50.0',
        properties: [{ name: 'go:sum', value: 'h1:net=' }],
      },
    ])
    expect(withName('github.com/BurntSushi/toml')).toMatchObject([
      {
        licenses: [{ expression: 'MIT AND Apache-2.0' }],
        purl: 'pkg:golang/github.com/burntsushi/toml@v1.6.0%2Bincompatible',
      },
    ])
    expect(withName('slipway.dev/bundle')).toEqual([])
  })

  test("Go's own library is one, by its version", () => {
    expect(withName('stdlib')).toMatchObject([{ version: '1.26.8', purl: 'pkg:golang/stdlib@1.26.8' }])
  })

  test('a Debian package, whose licence is not known', () => {
    expect(withName('libc6')).toEqual([
      {
        type: 'library',
        'bom-ref': 'pkg:deb/debian/libc6@1%3A2.41-12%2Bdeb13u1?arch=arm64',
        name: 'libc6',
        version: '1:2.41-12+deb13u1',
        purl: 'pkg:deb/debian/libc6@1%3A2.41-12%2Bdeb13u1?arch=arm64',
      },
    ])
  })
})

test('every name stands for one thing, and nothing depends on what is not there', () => {
  const refs = ['bundle', ...bom.components.map((component) => component['bom-ref'])]
  expect(new Set(refs).size).toBe(refs.length)
  for (const { ref, dependsOn } of bom.dependencies)
    expect(refs).toEqual(expect.arrayContaining([ref, ...dependsOn]))
  const ofProxy = bom.dependencies.find(({ ref }) => ref === 'registry.k8s.io/kube-proxy:v1.37.1#linux/arm64')
  expect(ofProxy?.dependsOn).toHaveLength(3)
})

test('two executables of one layer are two things, each made of its own', () => {
  const [first, second] = ['/opt/cni/bin/bridge', '/opt/cni/bin/loopback']
  const layer: BlobContents = {
    go: [
      { go: 'go1.26.8', path: 'bridge', modules: [net], file: first },
      { go: 'go1.26.8', path: 'loopback', modules: [toml], file: second },
    ],
    debian: [],
  }
  const at = (path: string): Ingredient => ({
    descriptor: { ...kubelet, annotations: { ...kubelet.annotations, [annotations.path]: path } },
    contents: [layer],
  })
  const linked = {
    ...at('/usr/local/bin/loopback').descriptor,
    annotations: { [annotations.path]: '/usr/local/bin/loopback', [annotations.target]: second },
  }
  const all = [at(first), at(second), { descriptor: linked, contents: [layer] }]
  const { dependencies } = makeBom({ kubernetes: '1.37.1', entries: all, licences })
  const [ofNet, ofToml] = ['pkg:golang/golang.org/x/net@v0.50.0', expect.stringContaining('burntsushi')]
  const library = 'pkg:golang/stdlib@1.26.8'
  expect(dependencies.slice(1)).toEqual([
    { ref: `${first}#linux/amd64`, dependsOn: [ofNet, library] },
    { ref: `${second}#linux/amd64`, dependsOn: [ofToml, library] },
    { ref: '/usr/local/bin/loopback#linux/amd64', dependsOn: [ofToml, library] },
  ])
})

test('the same, in whatever order things were found', () => {
  const other = makeBom({
    kubernetes: '1.37.1',
    entries: [
      { descriptor: kubelet, contents: [go(ours, toml, net)] },
      { descriptor: proxy, contents: [go(net), debian] },
    ],
    licences,
  })
  expect(JSON.stringify(other)).toBe(JSON.stringify(bom))
})

test('the licences that are known are SPDX expressions of a few words', () => {
  const known = Object.entries(knownLicences())
  expect(known.length).toBeGreaterThan(300)
  for (const [, expression] of known) expect(expression).toMatch(/^[A-Z0-9][\w.-]+( AND [A-Z0-9][\w.-]+)*$/)
  expect(known.map(([path]) => path)).toEqual(known.map(([path]) => path).toSorted())
})
