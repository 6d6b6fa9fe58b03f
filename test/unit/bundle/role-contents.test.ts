/** What travels to a host: what its role and its architecture need, and nothing else. */
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { imageNames, roleContents } from '../../../src/bundle/role-contents.ts'
import { type SmallEntry, smallBundle } from '../../support/small-bundle.ts'

const control = ['control-plane']
const entries: readonly SmallEntry[] = [
  { kind: 'bom', name: 'bill of materials', layers: ['{}'] },
  { kind: 'binary', name: '/usr/bin/kubelet', layers: ['the kubelet'] },
  { kind: 'binary', name: '/usr/bin/kubectl', roles: control },
  { kind: 'binary', name: '/usr/bin/kubelet', arch: 'arm64', layers: ['the other kubelet'] },
  { kind: 'image', name: 'registry.k8s.io/pause:3.10', component: 'pause', layers: ['base', 'pause'] },
  {
    kind: 'image',
    name: 'registry.k8s.io/etcd:3.6',
    component: 'etcd',
    roles: control,
    layers: ['base', 'etcd'],
  },
]

const bundle = () => openBundle(smallBundle({ entries }))

describe('executables', () => {
  test.each([
    ['control-plane', 'amd64', ['/usr/bin/kubelet', '/usr/bin/kubectl']],
    ['worker', 'amd64', ['/usr/bin/kubelet']],
    ['worker', 'arm64', ['/usr/bin/kubelet']],
  ] as const)('of a %s on %s', async (role, arch, paths) => {
    expect(roleContents(await bundle(), role, arch).binaries.map(({ path }) => path)).toEqual(paths)
  })

  test('each with its mode, and the hash and the size of what is to be there, not of what travels', async () => {
    const [kubelet] = roleContents(await bundle(), 'worker', 'arm64').binaries
    expect(kubelet).toMatchObject({
      mode: 0o755,
      sha256: sha256('the other kubelet').slice('sha256:'.length),
      size: 17,
      blob: { digest: sha256('the other kubelet') },
      title: 'install /usr/bin/kubelet (1.2.3)',
    })
  })
})

describe('executables that come in images', () => {
  const hyperkube = '/usr/local/bin/hyperkube'
  const inside = { kind: 'binary', target: hyperkube, inLayer: true, layers: ['all of them'] } as const
  const contents = async (more: readonly SmallEntry[]) =>
    roleContents(
      await openBundle(
        smallBundle({
          entries: [
            { ...inside, name: '/usr/bin/kubelet' },
            { ...inside, name: '/usr/bin/kubectl' },
            { kind: 'binary', name: '/usr/local/bin/containerd', layers: ['both'] },
            {
              kind: 'binary',
              name: '/usr/local/bin/ctr',
              target: '/usr/local/bin/containerd',
              layers: ['both'],
            },
            ...more,
          ],
        }),
      ),
      'worker',
      'amd64',
    )
  const images: readonly SmallEntry[] = [
    { kind: 'image', name: 'x/proxy:1', component: 'kube-proxy', layers: ['all of them', 'base'] },
    { kind: 'image', name: 'x/scheduler:1', component: 'kube-scheduler', layers: ['all of them'] },
  ]

  test('are taken out of the smallest one that has them, once, under all their names', async () => {
    const { extracts } = await contents(images)
    expect(extracts).toMatchObject([
      { kind: 'extract', path: hyperkube, image: 'x/scheduler:1', size: 'all of them'.length },
      { kind: 'link', path: '/usr/bin/kubelet', target: hyperkube },
      { kind: 'link', path: '/usr/bin/kubectl', target: hyperkube },
    ])
  })

  test('others with two names travel once, and both names are there before any image', async () => {
    const { binaries } = await contents(images)
    expect(binaries).toMatchObject([
      { kind: 'binary', path: '/usr/local/bin/containerd', size: 'both'.length },
      { kind: 'link', path: '/usr/local/bin/ctr', target: '/usr/local/bin/containerd' },
    ])
  })

  test('a layer that no image has is a fault of the bundle', async () => {
    await expect(contents([])).rejects.toThrow('no image of the bundle has the layer')
  })
})

describe('images', () => {
  const isIn = (step: Awaited<ReturnType<typeof imported>>, text: string): number =>
    step.blobs.filter(({ digest }) => digest === sha256(text)).length
  const imported = async (role: 'control-plane' | 'worker') =>
    roleContents(await bundle(), role, 'amd64').images

  test('those of the role, with every blob once', async () => {
    const worker = await imported('worker')
    expect(worker.images.map(({ name }) => name)).toEqual(['registry.k8s.io/pause:3.10'])
    expect([isIn(worker, 'base'), isIn(worker, 'pause'), isIn(worker, 'etcd')]).toEqual([1, 1, 0])

    const controlPlane = await imported('control-plane')
    expect(controlPlane.images).toHaveLength(2)
    expect([isIn(controlPlane, 'base'), isIn(controlPlane, 'etcd')]).toEqual([1, 1])
  })

  test('the index that travels names just them, and each by a digest that travels', async () => {
    for (const role of ['control-plane', 'worker'] as const) {
      const { images, index, blobs } = await imported(role)
      const { manifests } = JSON.parse(index) as {
        readonly manifests: readonly { readonly digest: string }[]
      }
      expect(manifests.map(({ digest }) => digest)).toEqual(images.map(({ digest }) => digest))
      for (const { digest } of manifests) expect(blobs.map((blob) => blob.digest)).toContain(digest)
    }
  })

  test('their names by component, for manifests', async () => {
    expect(imageNames(await bundle())).toEqual({
      pause: 'registry.k8s.io/pause:3.10',
      etcd: 'registry.k8s.io/etcd:3.6',
    })
  })
})

test('an architecture that the bundle has nothing for: what it has, and how to make one for all', async () => {
  const opened = await bundle()
  expect(() => roleContents(opened, 'worker', 'riscv64')).toThrow(
    expect.objectContaining({
      message: `the bundle ${opened.file} is for amd64, arm64, and a host is riscv64`,
      hint: expect.stringMatching(/bundle create --arch amd64,arm64,riscv64$/),
    }),
  )
})
