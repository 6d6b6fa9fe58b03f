import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseCluster } from '../../../src/config/parse.ts'
import { problemLine } from '../../../src/config/problems.ts'

const folder = fileURLToPath(new URL('../../fixtures/config/', import.meta.url))
const named = (start: string): readonly string[] =>
  readdirSync(folder).filter((name) => name.startsWith(start) && name.endsWith('.yaml'))
const parse = (name: string) =>
  parseCluster(readFileSync(folder + name, 'utf8'), name, { checkIds: ['Port-6443', 'Swap'] })

describe('cluster files that are right', () => {
  it.each(named('valid-'))('%s', (name) => {
    expect(parse(name)).toMatchObject({ ok: true })
  })
})

// What is said of each stands beside it, as a person would read it.
describe('cluster files that are wrong', () => {
  it.each(named('invalid-'))('%s', async (name) => {
    const parsed = parse(name)
    const lines = parsed.ok ? [] : parsed.problems.map(problemLine)
    expect(lines).not.toEqual([])
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(folder + name.replace(/yaml$/, 'problems.txt'))
  })
})
