/** A block of ours inside a file of the user's: every other byte stays as it is. */
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BlockStep } from '../../../src/plan/types.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const begin = '# BEGIN slipway hosts'
const end = '# END slipway hosts'
const block = (content: string, path = '/etc/hosts'): BlockStep => ({
  kind: 'block',
  id: path,
  title: 'Write the hosts block',
  path,
  marker: 'hosts',
  content,
})

const given = (host: ShellHost, content: string, name = '/etc/hosts'): string => {
  const path = join(host.root, name)
  mkdirSync(join(host.root, 'etc'), { recursive: true })
  writeFileSync(path, content)
  return path
}

const rows: readonly (readonly [name: string, before: string, content: string, after: string])[] = [
  ['appended', 'a\n', 'x\ny', `a\n${begin}\nx\ny\n${end}\n`],
  ['appended to an empty file', '', 'x\n', `${begin}\nx\n${end}\n`],
  ['appended after a last line without an end', 'a', 'x\n', `a\n${begin}\nx\n${end}\n`],
  ['replaced where it stands', `a\n${begin}\nold\n${end}\nb`, 'x\n', `a\n${begin}\nx\n${end}\nb`],
  ['removed', `a\n${begin}\nold\n${end}\nb`, '', 'a\nb'],
  ['two of them made one', `${begin}\n1\n${end}\na\n${begin}\n2\n${end}\n`, 'x', `${begin}\nx\n${end}\na\n`],
  ['a beginning without an end loses no line', `a\n${begin}\nb\nc`, 'x\n', `a\nb\nc\n${begin}\nx\n${end}\n`],
  ['a beginning inside a block', `${begin}\nb\n${begin}\nc\n${end}\n`, 'x', `b\n${begin}\nx\n${end}\n`],
  [
    "another marker's block is foreign",
    `${begin}2\nb\n${end}2\n`,
    'x',
    `${begin}2\nb\n${end}2\n${begin}\nx\n${end}\n`,
  ],
  [
    'hostile lines',
    '\\n %s $(id)\t"\n  \n',
    "it's `id` \\t %d",
    `\\n %s $(id)\t"\n  \n${begin}\nit's \`id\` \\t %d\n${end}\n`,
  ],
]

describe.each(shells)('%s', (shell) => {
  it('stands where it is meant to, whatever the file held: each row a file', async () => {
    const host = shellHost(shell)
    const files = rows.map(([name, before, content, after], at) => {
      const path = `/etc/file${at}`
      return { name, before, after, file: given(host, before, path), step: block(content, path) }
    })
    const steps = files.map(({ step }) => step)
    const each = (status: string) => Array(files.length).fill(status)
    expect(statuses(await attempt(host, steps, { mode: 'check' }))).toEqual(each('pending'))
    for (const { name, file, before } of files) expect(readFileSync(file, 'utf8'), name).toBe(before)
    expect(statuses(await attempt(host, steps))).toEqual(each('changed'))
    for (const { name, file, after } of files) expect(readFileSync(file, 'utf8'), name).toBe(after)
    expect(statuses(await attempt(host, steps))).toEqual(each('unchanged'))
  })

  it('says which lines are there now', async () => {
    const host = shellHost(shell)
    given(host, `a\n${begin}\nold\n${end}\n`)
    expect(await attempt(host, [block('new')], { mode: 'check' })).toMatchObject([{ current: 'old\n' }])
  })

  it('makes the file where there is none, and nothing where there is nothing to say', async () => {
    const host = shellHost(shell)
    expect(statuses(await attempt(host, [block('')]))).toEqual(['unchanged'])
    expect(statuses(await attempt(host, [block('x')]))).toEqual(['changed'])
    const path = join(host.root, 'etc/hosts')
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual([
      `${begin}\nx\n${end}\n`,
      0o644,
    ])
  })

  it("keeps the file's mode, and writes through a link", async () => {
    const host = shellHost(shell)
    const path = given(host, 'a\n')
    chmodSync(path, 0o604)
    symlinkSync('hosts', join(host.root, 'etc/link'))
    expect(statuses(await attempt(host, [{ ...block('x'), path: '/etc/link' }]))).toEqual(['changed'])
    expect(readFileSync(path, 'utf8')).toBe(`a\n${begin}\nx\n${end}\n`)
    expect(statSync(path).mode & 0o777).toBe(0o604)
  })

  it('is put in and taken out of any text without a trace', async () => {
    const lines = fc.array(fc.string({ unit: 'grapheme' }).filter((line) => !/[\0\n]/.test(line)))
    const texts = fc.array(
      lines.map((each) => each.map((line) => line + '\n').join('')),
      { minLength: 8, maxLength: 12 },
    )
    const property = fc.asyncProperty(texts, async (foreign) => {
      const host = shellHost(shell)
      const files = foreign.map((before, at) => {
        const path = `/etc/file${at}`
        return { before, path, file: given(host, before, path) }
      })
      await attempt(
        host,
        files.map(({ path }) => block('10.0.0.1 a', path)),
      )
      for (const { before, file } of files)
        expect(readFileSync(file, 'utf8')).toBe(`${before}${begin}\n10.0.0.1 a\n${end}\n`)
      await attempt(
        host,
        files.map(({ path }) => block('', path)),
      )
      for (const { before, file } of files) expect(readFileSync(file, 'utf8')).toBe(before)
    })
    await fc.assert(property, { numRuns: 1 })
  })
})
