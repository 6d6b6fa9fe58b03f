/** Manifests of the user's own. */
import { describe, expect, it } from 'vitest'
import { userObjects } from '../../../src/addons/user-manifests.ts'
import { UserError } from '../../../src/errors.ts'

const read = (text: string) => userObjects({ file: 'mine.yaml', text })

describe('a manifest of the user', () => {
  it('is read as kubectl reads it', () => {
    const text = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { mode: 0644, on: yes, rack: e1 }\n'
    expect(read(text)).toEqual([
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { mode: 420, true: true, rack: 'e1' } },
    ])
  })

  it('may have several documents, empty ones, and Lists', () => {
    const one = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: one }\n'
    const many =
      'apiVersion: v1\nkind: List\nitems:\n- { apiVersion: v1, kind: Namespace, metadata: { name: two } }\n'
    expect(read(`---\n${one}---\n---\n# nothing\n---\n${many}`).map(({ metadata }) => metadata.name)).toEqual(
      ['one', 'two'],
    )
  })

  it('may be empty', () => {
    expect(read('')).toEqual([])
  })
})

describe('a manifest that is wrong', () => {
  const cases: Readonly<Record<string, readonly [text: string, says: RegExp]>> = {
    'is not YAML': ['a: [', /^mine.yaml: .* at line 1/s],
    'has a key twice': ['a: 1\na: 2', /^mine.yaml: Map keys must be unique at line 2/],
    'has no kind': [
      '\n\napiVersion: v1\nmetadata: { name: a }',
      /^mine.yaml:3: not a Kubernetes object: .*kind/s,
    ],
    'has no name': ['apiVersion: v1\nkind: Pod\nmetadata: {}', /^mine.yaml:1: .*metadata.name/s],
    'is a word': ['hello', /^mine.yaml:1: not a Kubernetes object/],
    'blows up': [
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
      /^mine.yaml: .*alias/i,
    ],
  }

  it.each(Object.entries(cases))('that %s says so', (_name, [text, says]) => {
    expect(() => read(text)).toThrow(UserError)
    expect(() => read(text)).toThrow(says)
  })
})
