/** Where something is mounted: its data is never removed along with a directory, and a mounted file is written in place. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { attempt, statuses } from '../../support/programs.ts'
import { shellHost, shells } from '../../support/shell-host.ts'

const mount = (at: string, ...args: readonly string[]): void => {
  execFileSync('mount', [...args, at])
  onTestFinished(() => {
    execFileSync('umount', [at])
  })
}

describe.each(shells)('%s', (shell) => {
  it('refuses to remove a directory in which something is mounted', async () => {
    const host = shellHost(shell)
    const volume = join(host.root, 'var/lib/kubelet/pods/volume')
    mkdirSync(volume, { recursive: true })
    mount(volume, '-t', 'tmpfs', 'tmpfs')
    writeFileSync(join(volume, 'data'), 'precious')
    const [result] = await attempt(host, [
      { kind: 'absent', id: 'a', title: 'Remove a', path: '/var/lib/kubelet' },
    ])
    expect(result).toMatchObject({ status: 'failed', detail: expect.stringContaining('unmount it first') })
    expect(existsSync(join(volume, 'data'))).toBe(true)
  })

  it('writes a block into a file that is a mount, as /etc/hosts is in a container', async () => {
    const host = shellHost(shell)
    const [path, source] = [join(host.root, 'etc/hosts'), join(host.root, 'source')]
    mkdirSync(join(host.root, 'etc'))
    writeFileSync(path, '')
    writeFileSync(source, 'a\n')
    mount(path, '--bind', source)
    const step = {
      kind: 'block',
      id: 'b',
      title: 'b',
      path: '/etc/hosts',
      marker: 'm',
      content: 'x',
    } as const
    expect(statuses(await attempt(host, [step]))).toEqual(['changed'])
    expect(readFileSync(source, 'utf8')).toBe('a\n# BEGIN slipway m\nx\n# END slipway m\n')
    expect(statuses(await attempt(host, [step]))).toEqual(['unchanged'])
    expect(readdirSync(join(host.root, 'etc'))).toEqual(['hosts'])
  })
})
