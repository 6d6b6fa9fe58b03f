/** The quoting function against the shells that read it. */
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { quote, quoteAll } from '../../../src/host/quote.ts'

const shells: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash'],
  'busybox sh': ['busybox', 'sh'],
}

const hostile = [
  "'",
  "''",
  "\\'",
  '$HOME',
  '`id`',
  '$(id)',
  '!!',
  '*',
  '~',
  '\n',
  '\t',
  ' ',
  '',
  '-n',
  '\\',
  '"',
  '%s',
  'ü𝄞',
  '\u0001',
]

/** What the shell makes of a line of text: the words that `printf` gets, each ended by a NUL. */
const readBack = ([command = '', ...args]: readonly string[], text: string): readonly string[] =>
  execFileSync(command, [...args, '-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1)

describe.each(Object.entries(shells))('%s', (_, shell) => {
  it('reads back exactly the words that were quoted', () => {
    const piece = fc.oneof(fc.constantFrom(...hostile), fc.string({ unit: 'binary' }))
    const word = fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join('').replaceAll('\0', ''))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(readBack(shell, quoteAll(words))).toEqual(words)
      }),
      { numRuns: 50, examples: [[hostile]] },
    )
  })
})

it('refuses what no argument can hold', () => {
  expect(() => quote('a\0b')).toThrow(/NUL/)
})
