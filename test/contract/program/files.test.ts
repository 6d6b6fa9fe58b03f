/** What may never happen to a file: a secret that others can read, a foreign byte in it, a write beside its target. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attempt, fileStep, statuses } from '../../support/programs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { shellHost, shells } from '../../support/shell-host.ts'

const hostileNames = [
  'with space',
  "it's",
  '"quoted"',
  '$(touch x)',
  '`id`',
  '-rf',
  'line\nbreak',
  '*',
  'ü→',
  '\\n',
  '#',
  '~',
]

/** Commands that note the mode of everything in a directory before they do their work: an observer at every turn. */
const observers = (): { readonly directory: string; readonly record: string } => {
  const directory = scratchDirectory('observers')
  const record = join(directory, 'record')
  writeFileSync(record, '')
  for (const command of ['cat', 'chmod', 'sync', 'mv']) {
    const script = `#!/bin/dash
for f in "$FAKE_ROOT"/etc/kubernetes/* "$FAKE_ROOT"/etc/kubernetes/.[!.]* "$FAKE_ROOT"/run/slipway.*; do
  [ ! -e "$f" ] || /usr/bin/stat -c '${command} %F %a %s' "$f" >>${record}
done
exec /usr/bin/${command} "$@"
`
    writeFileSync(join(directory, command), script)
    chmodSync(join(directory, command), 0o755)
  }
  return { directory, record }
}

describe.each(shells)('%s', (shell) => {
  it('writes any content to any path, byte for byte', async () => {
    const names = fc.constantFrom(...hostileNames)
    const files = fc.uniqueArray(fc.record({ name: names, content: fc.string({ unit: 'binary' }) }), {
      selector: ({ name }) => name,
      maxLength: 5,
    })
    const property = fc.asyncProperty(files, async (wanted) => {
      const host = shellHost(shell)
      const steps = wanted.map(({ name, content }) => fileStep(`/etc/${name}/${name}`, content))
      expect(new Set(statuses(await attempt(host, steps))).has('failed')).toBe(false)
      for (const { name, content } of wanted) {
        expect(readFileSync(join(host.root, 'etc', name, name)).equals(Buffer.from(content))).toBe(true)
      }
      expect(new Set(statuses(await attempt(host, steps)))).toEqual(
        new Set(wanted.length ? ['unchanged'] : []),
      )
    })
    await fc.assert(property, { numRuns: 5 })
  })

  it('keeps a secret unreadable for others from its first byte', async () => {
    const { directory, record } = observers()
    const host = shellHost(shell, [directory])
    const step = fileStep('/etc/kubernetes/admin.conf', 'secret', { mode: 0o600, secret: true })
    mkdirSync(join(host.root, 'etc/kubernetes'), { recursive: true })
    await attempt(host, [step])
    await attempt(host, [{ ...step, content: 'another secret' }])
    const seen = readFileSync(record, 'utf8').trim().split('\n')
    expect(seen.filter((line) => line.startsWith('sync regular file 600'))).not.toEqual([])
    expect(seen.filter((line) => !/ (600 \d+|700 \d+)$/.test(line))).toEqual([])
  })

  it('shows the current content of a plain file, and never of a secret', async () => {
    const host = shellHost(shell)
    await attempt(host, [fileStep('/etc/plain', 'öld "1"\n'), fileStep('/etc/secret', 'old secret\n')])
    const results = await attempt(
      host,
      [fileStep('/etc/plain', 'new\n'), fileStep('/etc/secret', 'new secret\n', { secret: true })],
      { mode: 'check' },
    )
    expect(results.map(({ current }) => current)).toEqual(['öld "1"\n', undefined])
  })

  it('uses the staging directory, so that nothing but the target is ever beside it', async () => {
    const { directory, record } = observers()
    const host = shellHost(shell, [directory])
    const step = fileStep('/etc/kubernetes/pod.yaml', 'kind: Pod\n', { staging: '/var/staging', mode: 0o600 })
    expect(statuses(await attempt(host, [step]))).toEqual(['changed'])
    expect(readdirSync(join(host.root, 'etc/kubernetes'))).toEqual(['pod.yaml'])
    expect(readdirSync(join(host.root, 'var/staging'))).toEqual([])
    const untilMoved = readFileSync(record, 'utf8').split(/(?<=^mv .*\n)/m)[0]
    expect(untilMoved).toMatch(/^mv directory/m)
    expect(untilMoved).not.toMatch(/regular/)
  })

  it('leaves a file alone that is only to be created', async () => {
    const host = shellHost(shell)
    const step = fileStep('/etc/once', 'first\n', { createOnly: true })
    expect(statuses(await attempt(host, [step, { ...step, content: 'second\n' }]))).toEqual([
      'changed',
      'unchanged',
    ])
    expect(readFileSync(join(host.root, 'etc/once'), 'utf8')).toBe('first\n')
  })

  it('refuses to replace a directory, and says so', async () => {
    const host = shellHost(shell)
    mkdirSync(join(host.root, 'etc/dir/inside'), { recursive: true })
    const [result] = await attempt(host, [fileStep('/etc/dir', 'x')])
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining('is a directory') })
    expect(readdirSync(join(host.root, 'etc'))).toEqual(['dir'])
  })

  it('replaces a planted link instead of writing through it', async () => {
    const host = shellHost(shell)
    mkdirSync(join(host.root, 'etc'))
    writeFileSync(join(host.root, 'victim'), 'untouched')
    symlinkSync(join(host.root, 'victim'), join(host.root, 'etc/.f.slipway'))
    expect(statuses(await attempt(host, [fileStep('/etc/f', 'ours')]))).toEqual(['changed'])
    expect(readFileSync(join(host.root, 'victim'), 'utf8')).toBe('untouched')
    expect(statSync(join(host.root, 'etc/f')).size).toBe(4)
  })
})
