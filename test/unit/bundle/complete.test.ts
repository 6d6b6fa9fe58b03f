/** A bundle without something that the cluster needs is refused by all that is missing, and one with everything is not. */
import { describe, expect, test } from 'vitest'
import { versionsOf } from '../../../src/bundle/catalog.ts'
import { mustHaveAllFor } from '../../../src/bundle/complete.ts'
import { binaryRows, type Edition, editions, imageRows } from '../../../src/bundle/contents.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { type SmallEntry, smallBundle } from '../../support/small-bundle.ts'

const versions = versionsOf('1.37.1')

const whole = (edition: Edition, arch = 'amd64'): readonly SmallEntry[] => [
  ...binaryRows(versions, edition).map(
    ({ component, path, roles }): SmallEntry => ({ kind: 'binary', name: path, component, roles, arch }),
  ),
  ...imageRows(versions, edition).map(
    ({ component, name, roles }): SmallEntry => ({ kind: 'image', name, component, roles, arch }),
  ),
]

const isOf =
  (...components: readonly string[]) =>
  ({ component = '' }: SmallEntry): boolean =>
    components.includes(component)

const opened = (entries: readonly SmallEntry[], edition?: string) =>
  openBundle(smallBundle({ entries, ...(edition && { edition }) }))

test.each([...editions, 'upstream' as const])(
  'a whole one of the %s edition, with its bill of materials',
  async (edition) => {
    const bundle = await opened([...whole(edition), { kind: 'bom', name: 'bill of materials' }], edition)
    expect(() => mustHaveAllFor(bundle, clusterConfig())).not.toThrow()
  },
)

test('whatever is left out is named, and how to make a whole one', async () => {
  const all = whole('upstream')
  for (const left of all) {
    const bundle = await opened(all.filter((entry) => entry !== left))
    const name = `${left.kind === 'image' ? 'the image of ' : ''}${left.component} (amd64)`
    expect(() => mustHaveAllFor(bundle, clusterConfig())).toThrow(
      expect.objectContaining({
        message: `the bundle ${bundle.file} lacks ${name}`,
        hint: expect.stringContaining('--kubernetes 1.37.1'),
      }),
    )
  }
})

test('all of it at once, of every architecture', async () => {
  const some = whole('upstream', 'arm64').filter((entry) => !isOf('kubelet', 'etcd')(entry))
  const bundle = await opened([...whole('upstream'), ...some])
  expect(() => mustHaveAllFor(bundle, clusterConfig())).toThrow(
    /lacks kubelet \(arm64\), the image of etcd \(arm64\)$/,
  )
})

test('one of the single edition without the image that its tools ride in', async () => {
  const bundle = await opened(whole('upstream'), 'single')
  expect(() => mustHaveAllFor(bundle, clusterConfig())).toThrow('lacks the image of host-tools (amd64)')
})

test('one with nothing in it', async () => {
  const bundle = await opened([])
  expect(() => mustHaveAllFor(bundle, clusterConfig())).toThrow('has nothing in it')
})

describe('what nobody asks for may be missing', () => {
  test('flannel, with a pod network of the user’s own', async () => {
    const bundle = await opened(whole('upstream').filter((entry) => !isOf('flannel', 'flannel-cni')(entry)))
    expect(() => mustHaveAllFor(bundle, clusterConfig({ network: { plugin: 'none' } }))).not.toThrow()
    expect(() => mustHaveAllFor(bundle, clusterConfig())).toThrow('flannel')
  })

  test('but something that only workers lack counts for workers', async () => {
    const entries = whole('upstream').map((entry) =>
      isOf('kubelet')(entry) ? { ...entry, roles: ['control-plane'] } : entry,
    )
    const bundle = await opened(entries)
    expect(() => mustHaveAllFor(bundle, clusterConfig())).toThrow('lacks kubelet (amd64)')
  })
})
