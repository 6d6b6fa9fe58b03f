/** Pushing to a real registry: what is there afterwards is read by skopeo; what is there already does not travel again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Index, sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { type Pushed, pushBundle } from '../../../src/bundle/registry/push-bundle.ts'
import { parsePlace } from '../../../src/bundle/registry/reference.ts'
import { startFront } from '../../support/front-server.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { type ClientShape, sessionTo } from '../../support/registry-client.ts'
import { skopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type SmallEntry, smallBundle } from '../../support/small-bundle.ts'

const say = (): void => undefined

const push = async (file: string, registry: Registry, shape: ClientShape = {}): Promise<Pushed> => {
  const [bundle, session] = await Promise.all([openBundle(file), sessionTo(registry, shape)])
  return pushBundle({ bundle, session, place: parsePlace(`${registry.origin.href}k8s`), say })
}

const pause = 'registry.k8s.io/pause:3.10'
const entriesFor = (arch: string): readonly SmallEntry[] => [
  { kind: 'binary', name: '/usr/bin/kubelet', arch, layers: [`kubelet for ${arch}`] },
  { kind: 'image', name: pause, arch, layers: [`shared`, `pause for ${arch}`] },
  { kind: 'image', name: 'ghcr.io/flannel-io/flannel:v1', arch, layers: [`shared`] },
]

const rawManifest = ({ origin }: Registry, name: string): string =>
  skopeo('inspect', '--raw', '--tls-verify=false', `docker://${origin.host}/k8s/${name}`)

test('what was pushed is a bundle by its tag, and its images are there under their own names', async () => {
  const registry = await startRegistry()
  const file = smallBundle({ entries: entriesFor('amd64') })
  const { name, tags, sent } = await push(file, registry)
  const { signed, entries } = await openBundle(file)
  expect(tags).toEqual(['1.37.1-amd64'])
  expect(name).toBe(`${registry.origin.host}/k8s/slipway-bundle@${sha256(signed.index)}`)
  expect(rawManifest(registry, 'slipway-bundle:1.37.1-amd64')).toBe(signed.index)
  expect(new Set(sent.map(({ digest }) => digest)).size).toBe(sent.length)

  const folder = scratchDirectory('copied')
  const source = `docker://${registry.origin.host}/k8s/pause:3.10`
  skopeo('copy', '--quiet', '--override-arch=amd64', '--src-tls-verify=false', source, `dir:${folder}`)
  const image = entries.find(({ descriptor }) => Object.values(descriptor.annotations ?? {}).includes(pause))
  expect(sha256(readFileSync(join(folder, 'manifest.json')))).toBe(image?.descriptor.digest)
  expect(JSON.parse(rawManifest(registry, 'flannel-io/flannel:v1')).manifests).toHaveLength(1)
})

test('pushed again, nothing is uploaded; of another bundle only what is new travels', async () => {
  const registry = await startRegistry()
  const entries = entriesFor('amd64')
  const file = smallBundle({ entries })
  await push(file, registry)
  await registry.requests()
  expect((await push(file, registry)).sent).toEqual([])
  const others = (await registry.requests()).filter((line) => !/^(GET|HEAD) .* 200$/.test(line))
  expect(others).toEqual([])

  const more = smallBundle({ entries: [...entries, { kind: 'binary', name: '/usr/bin/new' }] })
  expect((await push(more, registry)).sent.map(({ digest }) => digest)).toEqual([
    sha256('the bytes of /usr/bin/new'),
  ])
})

test('the bundle of another architecture adds to the tags of images, and takes nothing away', async () => {
  const registry = await startRegistry()
  for (const arch of ['arm64', 'amd64', 'arm64'])
    await push(smallBundle({ entries: entriesFor(arch) }), registry)
  const { manifests } = JSON.parse(rawManifest(registry, 'pause:3.10')) as Index
  expect(manifests.map(({ platform }) => platform?.architecture)).toEqual(['amd64', 'arm64'])
  const tags = skopeo(
    'list-tags',
    '--tls-verify=false',
    `docker://${registry.origin.host}/k8s/slipway-bundle`,
  )
  expect(JSON.parse(tags).Tags).toEqual(expect.arrayContaining(['1.37.1-amd64', '1.37.1-arm64']))
})

test('a damaged blob is refused by name, and no tag shows what is not whole', async () => {
  const registry = await startRegistry()
  const file = smallBundle({
    entries: entriesFor('amd64'),
    spoil: (files) =>
      files.map((each) =>
        each.content.toString() === 'shared' ? { ...each, content: Buffer.from('sharks') } : each,
      ),
  })
  await expect(push(file, registry)).rejects.toThrow(`${file} is damaged: its blob ${sha256('shared')}`)
  expect(() => rawManifest(registry, 'slipway-bundle:1.37.1-amd64')).toThrow('manifest unknown')
  expect(() => rawManifest(registry, 'pause:3.10')).toThrow(/unknown/)
})

test('a registry that takes nothing over from other repositories gets the blob sent', async () => {
  const registry = await startRegistry()
  const front = await startFront(registry.origin, ({ path }) =>
    path.includes('mount=') ? { kind: 'answer', status: 405 } : undefined,
  )
  await push(smallBundle({ entries: entriesFor('amd64') }), { ...registry, ...front })
  expect(JSON.parse(rawManifest(registry, 'pause:3.10')).manifests).toHaveLength(1)
})
