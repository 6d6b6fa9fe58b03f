/** What an index says of an executable or an image has to be something that hosts can act on. */
import { describe, expect, test } from 'vitest'
import { unsoundNotes } from '../../../src/bundle/entry-notes.ts'
import { annotations, type Descriptor, mediaTypes, sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { smallBundle } from '../../support/small-bundle.ts'

const described = (notes: Descriptor['annotations'], artifactType?: string): Descriptor => ({
  mediaType: mediaTypes.manifest,
  digest: sha256('x'),
  size: 1,
  ...(artifactType && { artifactType }),
  ...(notes && { annotations: notes }),
})

const common = {
  [annotations.component]: 'kubelet',
  [annotations.version]: '1.37.1',
  [annotations.roles]: 'control-plane,worker',
}

describe('an executable', () => {
  const sound = {
    ...common,
    [annotations.path]: '/usr/bin/kubelet',
    [annotations.mode]: '755',
    [annotations.sha256]: 'ab'.repeat(32),
    [annotations.size]: '12345',
  }
  const unsound = (changes: Readonly<Record<string, string>>) =>
    unsoundNotes(described({ ...sound, ...changes }, mediaTypes.binary))

  test('that is sound, by itself or as a link to another', () => {
    expect(unsound({})).toEqual([])
    expect(unsound({ [annotations.target]: '/usr/local/bin/hyperkube', 'org.example.other': 'x' })).toEqual(
      [],
    )
  })

  test.each([
    [annotations.path, 'usr/bin/kubelet'],
    [annotations.path, '/usr/bin/../../etc/shadow'],
    [annotations.path, '/usr/bin/..'],
    [annotations.path, '/usr//bin'],
    [annotations.path, '/'],
    [annotations.path, '/usr/bin/kube\nlet'],
    [annotations.target, 'hyperkube'],
    [annotations.mode, ''],
    [annotations.mode, '999'],
    [annotations.sha256, 'AB'.repeat(32)],
    [annotations.size, '-1'],
    [annotations.size, '1e99'],
    [annotations.roles, ''],
    [annotations.roles, 'worker,'],
    [annotations.component, ''],
  ])('%s: %j', (name, value) => {
    expect(unsound({ [name]: value })).toEqual([name])
  })

  test('of which nothing is said', () => {
    expect(unsoundNotes(described(undefined, mediaTypes.binary))).toHaveLength(7)
  })
})

describe('an image', () => {
  const unsound = (name: string) => unsoundNotes(described({ ...common, [annotations.imageName]: name }))

  test.each(['registry.k8s.io/pause:3.10', 'localhost:5000/a/b@sha256:abc', 'Pause'])('%s', (name) => {
    expect(unsound(name)).toEqual([])
  })

  test.each(['', 'a b', 'a\nb', "a'b", '-a', '/a', 'a"b'])('%j', (name) => {
    expect(unsound(name)).toEqual([annotations.imageName])
  })
})

test('what is neither is nobody’s', () => {
  expect(unsoundNotes(described({ [annotations.component]: 'bill of materials' }, mediaTypes.bom))).toEqual(
    [],
  )
  expect(unsoundNotes(described(undefined))).toEqual([])
})

test('a bundle with such an entry is refused by its name and by what is wrong', async () => {
  const file = smallBundle({ entries: [{ kind: 'binary', name: '../kubelet' }] })
  await expect(openBundle(file)).rejects.toThrow(
    `${file} cannot be used: of ../kubelet, its index does not say what is needed (${annotations.path})`,
  )
})
