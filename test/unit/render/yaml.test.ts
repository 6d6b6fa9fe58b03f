/** YAML that every reader takes for the same. test/golden/kubernetes-yaml.test.ts asks Kubernetes' own reader. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { readKubernetesYaml, readUnambiguousYaml } from '../../../src/render/yaml-read.ts'
import { plainOrQuoted, quoted, toYaml } from '../../../src/render/yaml-write.ts'
import { anyString, hostileStrings } from '../../support/hostile-strings.ts'

const kubernetesValue = (text: string): unknown => readKubernetesYaml(text)[0]?.value

describe('toYaml', () => {
  it('lays values out as kubeadm does', () => {
    const value = {
      b: [{ name: 'a', list: ['x', 'z'] }, [1, [2]]],
      a: { on: 'on', mode: '0644', none: {}, nil: null, t: true },
    }
    expect(toYaml(value)).toBe(
      [
        'a:',
        '  mode: "0644"',
        '  nil: null',
        '  none: {}',
        '  "on": "on"',
        '  t: true',
        'b:',
        '- list:',
        '  - x',
        '  - z',
        '  name: a',
        '- - 1',
        '  - - 2',
        '',
      ].join('\n'),
    )
  })

  it('gives back any value, to YAML 1.2 and to Kubernetes', () => {
    const scalar = fc.oneof(anyString, fc.boolean(), fc.integer(), fc.constant(null))
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('map')),
      list: fc.array(tie('tree'), { maxLength: 4 }),
      map: fc.dictionary(anyString, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    }))
    fc.assert(
      fc.property(fc.dictionary(anyString, tree, { noNullPrototype: true }), (value) => {
        const text = toYaml(value)
        expect(parse(text)).toEqual(value)
        expect(kubernetesValue(text)).toEqual(value)
      }),
    )
  })

  it.each([[{ a: Number.POSITIVE_INFINITY }], [{ a: undefined }], [{ a: '\ud800' }]])(
    'refuses what cannot be said: %o',
    (value) => {
      expect(() => toYaml(value)).toThrow(/cannot be said|half a character/)
    },
  )
})

describe('a string', () => {
  it.each(hostileStrings)('%j stays itself in quotes, anywhere', (text) => {
    expect(kubernetesValue(`{ a: [${quoted(text)}, b] }`)).toEqual({ a: [text, 'b'] })
    expect(JSON.parse(quoted(text))).toBe(text)
  })

  it.each([
    '/var/lib/etcd',
    '--client-ca-file=/a/b.crt',
    '--controllers=*,a,b',
    '10.0.0.0/8',
    'unix:///run/a',
  ])('%j reads better without', (text) => {
    expect(plainOrQuoted(text)).toBe(text)
  })
})

describe('readUnambiguousYaml', () => {
  it.each(['a: on', 'a: 0644', 'a: 1_000', 'y: 1', 'a: no'])('refuses %j', (text) => {
    expect(() => readUnambiguousYaml(text)).toThrow(/do not read it alike/)
  })

  it.each(['a: "on"', 'a: 0.5', 'a: 10.0.0.1', 'a: 5s', 'a: true', "a: '0644'"])('takes %j', (text) => {
    expect(readUnambiguousYaml(text)).toHaveLength(1)
  })

  it('refuses a key that is there twice', () => {
    expect(() => readUnambiguousYaml('a: 1\na: 2')).toThrow(/unique at line 2/)
  })
})
