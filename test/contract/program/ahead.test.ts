/** A look at a host: however many files it is about, they are looked at by two processes, and what is said of each is the same. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Step } from '../../../src/plan/types.ts'
import { attempt, fileStep, statuses } from '../../support/programs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { shellHost, shells } from '../../support/shell-host.ts'

/** Commands that note that they were called before they do their work. */
const counted = (): {
  readonly directory: string
  readonly calls: () => Readonly<Record<string, number>>
} => {
  const directory = scratchDirectory('counted')
  const record = join(directory, 'record')
  for (const command of ['stat', 'sha256sum']) {
    const script = `#!/bin/dash\necho ${command} >>${record}\nexec /usr/bin/${command} "$@"\n`
    writeFileSync(join(directory, command), script)
    chmodSync(join(directory, command), 0o755)
  }
  return {
    directory,
    calls: () => {
      const names = readFileSync(record, 'utf8').trim().split('\n')
      writeFileSync(record, '')
      return Object.fromEntries(
        ['stat', 'sha256sum'].map((name) => [name, names.filter((one) => one === name).length]),
      )
    },
  }
}

const directory = (path: string): Step => ({
  kind: 'directory',
  id: path,
  title: `Make ${path}`,
  path,
  mode: 0o755,
})

const many: readonly Step[] = Array.from({ length: 5 }, (_, nth) => [
  directory(`/etc/d${nth}`),
  fileStep(`/etc/d${nth}/file`, `content of ${nth}\n`),
]).flat()

describe.each(shells)('%s', (shell) => {
  it('takes one process to look at all paths, and one to hash all files', async () => {
    const { directory, calls } = counted()
    const host = shellHost(shell, [directory])
    await attempt(host, many)
    calls()
    expect(new Set(statuses(await attempt(host, many, { mode: 'check' })))).toEqual(new Set(['unchanged']))
    expect(calls()).toEqual({ stat: 1, sha256sum: 1 })
  })

  it('finds whatever is not as it should be', async () => {
    const host = shellHost(shell)
    const steps = ['right', 'other', 'longer', 'link', 'pipe', 'big', 'open', 'with space', 'absent'].map(
      (name) => fileStep(`/etc/${name}`, `${name}\n`),
    )
    await attempt(host, steps)
    const at = (name: string): string => join(host.root, 'etc', name)
    for (const name of ['link', 'pipe', 'absent']) rmSync(at(name))
    writeFileSync(at('other'), 'rehto\n')
    writeFileSync(at('longer'), 'longer than that\n')
    symlinkSync(at('right'), at('link'))
    execFileSync('mkfifo', [at('pipe')])
    writeFileSync(at('big'), Buffer.alloc(2 ** 21))
    chmodSync(at('open'), 0o666)
    writeFileSync(at('with space'), 'with tabs!\n')
    const found = await attempt(host, steps, { mode: 'check' })
    expect(found.map(({ detail }) => detail)).toEqual([
      undefined,
      'other content',
      'other content',
      'a symbolic link',
      'a fifo',
      'other content',
      'mode 666, wanted 644',
      'other content',
      'absent',
    ])
    mkdirSync(at('d'))
    chmodSync(at('d'), 0o700)
    const folders = [directory('/etc/d'), directory('/etc/right'), directory('/etc/nowhere')]
    const seen = await attempt(host, folders, { mode: 'check' })
    expect(seen.map(({ detail }) => detail)).toEqual(['mode 700, wanted 755', 'not a directory', 'absent'])
  })
})
