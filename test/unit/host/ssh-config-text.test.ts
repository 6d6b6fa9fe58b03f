/** Include, as ssh itself takes it: `ssh -G` says what it would do with the same files. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configuredHost } from '../../../src/host/ssh-config-file.ts'
import { withIncludes } from '../../../src/host/ssh-config-text.ts'
import { scratchDirectory } from '../../support/scratch.ts'

type Files = Readonly<Record<string, string>>

const write = (files: Files): string => {
  const home = scratchDirectory('home')
  mkdirSync(join(home, 'config.d'))
  // ssh looks for the home directory in the user database, not in the environment: absolute paths lead it here.
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(home, name), text.replaceAll('HOME', home), { mode: 0o600 })
  return home
}

const ours = async (home: string, text: string, host: string): Promise<string> => {
  const said = configuredHost(await withIncludes(text, home), host, { home, localUser: userInfo().username })
  return `${said.user}@${said.hostName}:${said.port}`
}

const opensshs = (config: string, host: string): string => {
  const said = execFileSync('ssh', ['-G', '-F', config, host], { encoding: 'utf8', stdio: 'pipe' })
  const word = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'm').exec(said)?.[1] ?? ''
  return `${word('user')}@${word('hostname')}:${word('port')}`
}

test.each([
  ['at the top', 'Include HOME/one\nHost *\n  User last\n'],
  ['and what stands behind it, before any host', 'Include HOME/one\nUser last\n'],
  ['inside a host, whose settings go on', 'Host a\n  Include HOME/one\n  User last\nHost *\n  User other\n'],
  ['of several files, and in any case', 'include "HOME/one" HOME/two\nUser last\n'],
  ['by a pattern, in order', 'Include HOME/config.d/*\nUser last\n'],
  ['of what includes in turn', 'Include=HOME/three\nUser last\n'],
  ['of what is not there', 'Include HOME/missing HOME/nothing/*\nUser last\n'],
])('%s', async (_what, text) => {
  const home = write({
    config: text,
    one: 'Host a\n  HostName one.example\n  Port 2201\n',
    two: 'Host b\n  Port 2202\nHost *\n  User two\n',
    three: 'Include HOME/two\nHost a\n  Port 2203\n',
    'config.d/20': 'Host *\n  Port 2220\n',
    'config.d/10': 'Host a\n  Port 2210\n',
  })
  for (const host of ['a', 'b', 'c'])
    expect(await ours(home, text.replaceAll('HOME', home), host)).toBe(opensshs(join(home, 'config'), host))
})

test('a relative path starts in ~/.ssh', async () => {
  const home = scratchDirectory('home')
  mkdirSync(join(home, '.ssh'))
  writeFileSync(join(home, '.ssh', 'more'), 'Host a\n  Port 2201\n')
  expect(await ours(home, 'Include more\nInclude ~/.ssh/more\n', 'a')).toBe(`${userInfo().username}@a:2201`)
})

test('a file that includes itself is the user’s to mend', async () => {
  const home = write({ loop: 'Include HOME/loop\n' })
  await expect(withIncludes(`Include ${home}/loop`, home)).rejects.toThrow('is included by what it includes')
})
