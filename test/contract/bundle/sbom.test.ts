/** A bill of materials of real executables: the modules that `go version -m` finds, and the packages that dpkg knows, and no others. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { storeGzipped, storeLayer, storeText } from '../../../src/bundle/blobs.ts'
import type { Entry } from '../../../src/bundle/make.ts'
import { annotations, type Descriptor, emptyBlob, type Index, mediaTypes } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { bomEntry } from '../../../src/bundle/sbom/bom-entry.ts'
import type { Bom } from '../../../src/bundle/sbom/cyclonedx.ts'
import { bomLicences, bomText } from '../../../src/bundle/sbom/read-bom.ts'
import { goCaches } from '../../../src/bundle/sources/go.ts'
import { verifyBundle } from '../../../src/bundle/verify.ts'
import { signedHere, writeBundle } from '../../../src/bundle/write.ts'
import { scratchDirectory } from '../../support/scratch.ts'

/** A program, a module that it uses, and one that stands for another; as `go mod vendor` lays them out, so that no network is asked. */
const sources: Readonly<Record<string, string>> = {
  'go.mod': [
    'module example.org/tool',
    'go 1.24',
    'require example.org/used v0.1.0',
    'require example.org/other v1.0.0',
    'replace example.org/other => example.org/instead v1.1.0',
  ].join('\n'),
  'main.go': [
    'package main',
    'import ("example.org/used"; "example.org/other")',
    'func main() { used.Do(); other.Do() }',
  ].join('\n'),
  'vendor/modules.txt': [
    '# example.org/other v1.0.0 => example.org/instead v1.1.0',
    '## explicit; go 1.24',
    'example.org/other',
    '# example.org/used v0.1.0',
    '## explicit; go 1.24',
    'example.org/used',
    '# example.org/other => example.org/instead v1.1.0',
  ].join('\n'),
  'vendor/example.org/used/used.go': 'package used\nfunc Do() { println("used") }\n',
  'vendor/example.org/other/other.go': 'package other\nfunc Do() { println("other") }\n',
}

/** Where Go's own library may have been compiled already. */
const caches = goCaches()

const builtTool = (): string => {
  const folder = scratchDirectory('tool')
  for (const [name, content] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  const flags = { CGO_ENABLED: '0', GOFLAGS: '-mod=vendor -buildvcs=false', GOPROXY: 'off', GOWORK: 'off' }
  const command = ['build', '-trimpath', '-ldflags=-s -w -buildid=', '-o', 'tool', '.']
  execFileSync('go', command, { cwd: folder, env: { ...process.env, ...caches, ...flags } })
  return join(folder, 'tool')
}

/** Path and version of each, as Go itself reads them. */
const modulesByGo = (file: string): readonly string[] => {
  const lines = execFileSync('go', ['version', '-m', file], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line, at) => {
    const [, kind = '', path, version] = line.split('\t')
    const isReplaced = (lines[at + 1] ?? '').startsWith('\t=>')
    return ['mod', 'dep', '=>'].includes(kind) && !isReplaced ? [`${path}@${version}`] : []
  })
}

const entryOf = async (layer: Descriptor, notes: Descriptor['annotations']): Promise<Entry> => {
  const config = await storeText(mediaTypes.empty, emptyBlob)
  const text = JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.manifest, config, layers: [layer] })
  const manifest = await storeText(mediaTypes.manifest, text)
  const platform = { os: 'linux', architecture: 'amd64' }
  return { manifest: { ...manifest, platform, annotations: notes ?? {} }, blobs: [config, layer] }
}

const tool = {
  [annotations.component]: 'tool',
  [annotations.version]: '1',
  [annotations.roles]: 'worker',
}
const image = { ...tool, [annotations.imageName]: 'example.org/tool:1' }
const binary = {
  ...tool,
  [annotations.path]: '/usr/bin/tool',
  [annotations.mode]: '755',
  [annotations.sha256]: '0'.repeat(64),
  [annotations.size]: '1',
}

/** As it lies in an image: the executable, and a note and the sums of a package. */
const folderWith = (executable: string): string => {
  const folder = scratchDirectory('image')
  const notes = join(folder, 'var/lib/dpkg/status.d')
  mkdirSync(notes, { recursive: true })
  copyFileSync(executable, join(folder, 'tool'))
  writeFileSync(
    join(notes, 'libc6'),
    'Package: libc6\nSource: glibc\nVersion: 2.41-12\nArchitecture: amd64\n',
  )
  writeFileSync(join(notes, 'libc6.md5sums'), 'd41d8cd98f00b204e9800998ecf8427e  lib/libc.so.6\n')
  return folder
}

const written = async (entries: readonly Entry[]): Promise<string> => {
  const index: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: entries.map(({ manifest }) => manifest),
  }
  const path = join(scratchDirectory('bundle'), 'tool.bundle')
  const blobs = entries.flatMap((entry) => [entry.manifest, ...entry.blobs])
  await writeBundle(path, await signedHere(JSON.stringify(index)), blobs)
  return path
}

beforeEach(() => {
  const folder = scratchDirectory('home')
  for (const name of ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME']) vi.stubEnv(name, folder)
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('of an executable by itself and of one in a layer: in the bundle, signed with it, and the same again', async () => {
  const file = builtTool()
  const packed = await storeGzipped(mediaTypes.binaryBlob, file)
  const layer = await storeLayer(mediaTypes.zstdLayer, folderWith(file))
  const entries = [await entryOf(packed.blob, binary), await entryOf(layer.blob, image)]
  const bom = await bomEntry('1.37.1', entries)
  const bundle = await openBundle(await written([...entries, bom]))
  await verifyBundle(bundle)

  const document = JSON.parse((await bomText(bundle)) ?? '') as Bom
  const libraries = document.components.filter(({ type }) => type === 'library')
  const modules = modulesByGo(file).filter((module) => !module.endsWith('@(devel)'))
  expect(modules).toEqual(['example.org/instead@v1.1.0', 'example.org/used@v0.1.0'])
  const compiler = execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' }).trim().replace('go', '')
  expect(libraries.map(({ name, version }) => `${name}@${version}`).toSorted()).toEqual(
    [...modules, `stdlib@${compiler}`, 'libc6@2.41-12'].toSorted(),
  )
  expect((await bomLicences(bundle)).get('example.org/tool:1#linux/amd64')).toContain('NOASSERTION')

  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('other'))
  await storeGzipped(mediaTypes.binaryBlob, file)
  await storeLayer(mediaTypes.zstdLayer, folderWith(file))
  for (const { manifest } of entries)
    await storeText(manifest.mediaType, await text(bundle.read(manifest.digest)))
  expect(await bomEntry('1.37.1', entries)).toEqual(bom)
})
