import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { unifiedDiff } from '../../../src/report/diff.ts'
import { paintOf } from '../../../src/report/paint.ts'

const folder = mkdtempSync(join(tmpdir(), 'slipway-diff-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What git makes of a diff. */
const patched = (before: string, diff: string): string => {
  writeFileSync(join(folder, 'file'), before)
  const input = `--- file\n+++ file\n${diff}\n`
  const { status, stderr } = spawnSync('git', ['apply', '-p0', '-'], { cwd: folder, input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git apply: ${stderr}\n${diff}`)
  return readFileSync(join(folder, 'file'), 'utf8')
}

describe('unifiedDiff', () => {
  it('shows what changed with three lines around it', () => {
    const before = 'a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\n'
    expect(unifiedDiff(before, before.replace('b\n', 'B\n').replace('l\n', 'l\nm\n'))).toMatchInlineSnapshot(`
      "@@ -1,5 +1,5 @@
       a
      -b
      +B
       c
       d
       e
      @@ -10,3 +10,4 @@
       j
       k
       l
      +m"
    `)
  })

  it.each([
    ['', '', ''],
    ['a\n', 'a\n', ''],
    ['', 'a\nb\n', '@@ -0,0 +1,2 @@\n+a\n+b'],
    ['a\n', '', '@@ -1 +0,0 @@\n-a'],
    ['a', 'a\n', '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a'],
  ])('%j to %j', (before, after, diff) => {
    expect(unifiedDiff(before, after)).toBe(diff)
  })

  it('is what git makes the new text from', () => {
    const line = fc.constantFrom('a', 'b', 'c', '', '- x', '+ y', ' z')
    const text = fc.array(line, { maxLength: 25 }).map((lines) => lines.map((each) => `${each}\n`).join(''))
    fc.assert(
      fc.property(text, text, (before, after) => {
        fc.pre(before !== after && before !== '' && after !== '')
        expect(patched(before, unifiedDiff(before, after))).toBe(after)
      }),
      { numRuns: 30 },
    )
  })

  it('shows very large texts as replaced', () => {
    const lines = (word: string): string => Array.from({ length: 3000 }, (_, n) => `${word} ${n}\n`).join('')
    const diff = unifiedDiff(lines('old'), lines('new')).split('\n')
    expect(diff[0]).toBe('@@ -1,3000 +1,3000 @@')
    expect(diff).toHaveLength(6001)
  })

  it('is red and green where there are colours', () => {
    expect(unifiedDiff('a\n', 'b\n', paintOf(true))).toBe(
      '\u001b[36m@@ -1 +1 @@\u001b[39m\n\u001b[31m-a\u001b[39m\n\u001b[32m+b\u001b[39m',
    )
  })
})
