/** The note of Go's linker: found wherever it is, in whatever pieces its bytes come, and read as `go version -m` reads it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { goBuildInfoFinder, parseModules } from '../../../../src/bundle/sbom/go-build-info.ts'

const lines = [
  'path\texample.org/tool/cmd/tool',
  'mod\texample.org/tool\tv1.2.3\th1:abc=',
  'dep\texample.org/old\tv0.1.0',
  '=>\texample.org/new\tv0.2.0\th1:def=',
  'dep\texample.org/here\tv0.0.0\th1:ghi=',
  'build\t-trimpath=true',
  '',
].join('\n')

const modules = [
  { path: 'example.org/tool', version: 'v1.2.3', sum: 'h1:abc=' },
  { path: 'example.org/new', version: 'v0.2.0', sum: 'h1:def=' },
  { path: 'example.org/here', version: 'v0.0.0', sum: 'h1:ghi=' },
]

const counted = (text: Buffer): Buffer => {
  const length: number[] = []
  for (let rest = text.length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.concat([Buffer.from([...length, rest]), text])
    length.push((rest % 128) + 128)
  }
}

/** As cmd/link writes it: a header of 32 bytes, the compiler's version, and the lines between two marks of 16 bytes. */
const note = (version: string, text: string, flags = 2): Buffer =>
  Buffer.concat([
    Buffer.from('\xff Go buildinf:\x08', 'latin1'),
    Buffer.from([flags]),
    Buffer.alloc(16),
    counted(Buffer.from(version)),
    counted(Buffer.concat([Buffer.alloc(16, 1), Buffer.from(text), Buffer.alloc(16, 2)])),
  ])

const foundIn = (...chunks: readonly Buffer[]) => {
  const finder = goBuildInfoFinder()
  for (const chunk of chunks) finder.add(chunk)
  return finder.found()
}

const info = { go: 'go1.26.8', path: 'example.org/tool/cmd/tool', modules }

test('its lines: the main module, the others, and of one that was replaced what took its place', () => {
  expect(parseModules(lines)).toEqual({ path: 'example.org/tool/cmd/tool', modules })
})

describe('found', () => {
  test('among other bytes, and every one of several', () => {
    const noise = Buffer.alloc(5000, 7)
    const second = note('go1.20', 'path\tother\n')
    expect(foundIn(Buffer.concat([noise, note('go1.26.8', lines), noise, second, noise]))).toEqual([
      info,
      { go: 'go1.20', path: 'other', modules: [] },
    ])
  })

  test('in whatever pieces it comes', () => {
    const bytes = Buffer.concat([Buffer.from('\xff Go build', 'latin1'), note('go1.26.8', lines)])
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1 }), (sizes) => {
        const chunks: Buffer[] = []
        for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
          const size = sizes[piece % sizes.length] ?? 1
          chunks.push(bytes.subarray(at, at + size))
          at += size
        }
        expect(foundIn(...chunks)).toEqual([info])
      }),
    )
  })
})

test.each([
  ['nothing', Buffer.alloc(0)],
  ['something else', Buffer.from('hello '.repeat(100))],
  ['a note cut off', note('go1.26.8', lines).subarray(0, -1)],
  ['one of before Go 1.18, with pointers', note('go1.17', lines, 0)],
  ['one of no Go', note('rust', lines)],
  ['one of absurd length', Buffer.concat([note('', '').subarray(0, 32), Buffer.alloc(9, 0xff)])],
])('none in %s', (_what, bytes) => {
  expect(foundIn(bytes)).toEqual([])
})

test('a sound one behind a broken one', () => {
  expect(foundIn(Buffer.concat([note('go1.17', '', 0), note('go1.26.8', lines)]))).toEqual([info])
})
