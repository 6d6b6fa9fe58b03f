/** What is said of bundles: every component of one, and what is different between two. */
import { describe, expect, test } from 'vitest'
import { diffBundles } from '../../../src/bundle/diff.ts'
import { inspectBundle } from '../../../src/bundle/inspect.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { bomLicences, bomText } from '../../../src/bundle/sbom/read-bom.ts'
import { type SmallEntry, smallBundle } from '../../support/small-bundle.ts'

const kubelet: SmallEntry = {
  kind: 'binary',
  name: '/usr/bin/kubelet',
  component: 'kubelet',
  layers: ['12345'],
}
const pause: SmallEntry = {
  kind: 'image',
  name: 'registry.k8s.io/pause:3.10',
  component: 'pause',
  layers: ['123'],
}

const opened = (...entries: readonly SmallEntry[]) => openBundle(smallBundle({ entries }))

test('a component: what, for whom, how big, of how many layers it may be', async () => {
  const bundle = await opened(kubelet, {
    ...pause,
    roles: ['worker'],
    arch: 'arm64',
    layers: ['123', '4567'],
  })
  const { components, ...all } = inspectBundle(bundle)
  expect(all).toMatchObject({
    file: bundle.file,
    kubernetes: '1.37.1',
    architectures: ['amd64', 'arm64'],
    signer: bundle.signer,
  })
  expect(components).toMatchObject([
    { kind: 'binary', component: 'kubelet', version: '1.2.3', name: '/usr/bin/kubelet', bytes: 5 },
    {
      kind: 'image',
      component: 'pause',
      name: 'registry.k8s.io/pause:3.10',
      platform: 'linux/arm64',
      roles: ['worker'],
      bytes: 7,
    },
  ])
})

const bill = (ref: string) =>
  JSON.stringify({
    components: [
      { 'bom-ref': 'a', licenses: [{ license: { id: 'MIT' } }] },
      { 'bom-ref': 'b', licenses: [{ expression: 'MIT AND Apache-2.0' }] },
      { 'bom-ref': 'c' },
    ],
    dependencies: [{ ref, dependsOn: ['a', 'b', 'c'] }],
  })

test('the licences of all that a component is made of, and that some are not known', async () => {
  const bundle = await opened(pause, {
    kind: 'bom',
    name: 'bill',
    layers: [bill(`${pause.name}#linux/amd64`)],
  })
  const { components } = inspectBundle(bundle, await bomLicences(bundle))
  expect(components.map(({ component, licences }) => [component, licences])).toEqual([
    ['pause', ['Apache-2.0', 'MIT', 'NOASSERTION']],
  ])
})

test.each(['', '[]', '{"components":[]}'])('a bill of materials that is none: %j', async (text) => {
  const bundle = await opened(pause, { kind: 'bom', name: 'bill', layers: [text] })
  await expect(bomLicences(bundle)).rejects.toThrow(`${bundle.file} cannot be read: its bill of materials`)
})

test('a bundle without one says nothing of licences', async () => {
  const bundle = await opened(pause)
  expect(await bomText(bundle)).toBeUndefined()
  expect(inspectBundle(bundle, await bomLicences(bundle)).components).toMatchObject([{ licences: [] }])
})

describe('from one to another', () => {
  test('itself: nothing', async () => {
    const bundle = await opened(kubelet, pause)
    expect(diffBundles(bundle, bundle)).toEqual({ changes: [], newBytes: 0 })
  })

  test('signed by somebody else: nothing', async () => {
    expect(diffBundles(await opened(kubelet), await opened(kubelet)).changes).toEqual([])
  })

  test('added, removed and changed, whatever an image is called now; another architecture is another thing', async () => {
    const etcd: SmallEntry = { ...pause, name: 'registry.k8s.io/etcd:3.7', component: 'etcd' }
    const newer = { ...pause, name: 'registry.k8s.io/pause:3.11', layers: ['123', '45'] }
    const diff = diffBundles(
      await opened(kubelet, pause),
      await opened(newer, etcd, { ...kubelet, arch: 'arm64' }),
    )
    expect(
      diff.changes.map((change) => [
        change.kind,
        'before' in change ? change.before.name : '',
        'now' in change ? change.now.name : '',
      ]),
    ).toEqual([
      ['removed', '/usr/bin/kubelet', ''],
      ['changed', 'registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.11'],
      ['added', '', 'registry.k8s.io/etcd:3.7'],
      ['added', '', '/usr/bin/kubelet'],
    ])
  })

  test('the bytes that only the second one has, each blob once', async () => {
    const first = await opened(pause)
    const second = await opened(
      { ...pause, layers: ['123', 'abcd'] },
      { ...pause, component: 'other', layers: ['abcd'] },
    )
    const manifests = second.entries.reduce((sum, { descriptor }) => sum + descriptor.size, 0)
    expect(diffBundles(first, second).newBytes).toBe(manifests + 'abcd'.length)
  })
})
