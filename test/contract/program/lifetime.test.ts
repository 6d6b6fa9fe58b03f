/** Nothing outlives a run: no process, no private directory, no half a file; wherever it is killed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { BinaryStep } from '../../../src/plan/types.ts'
import { attempt, fileStep, shellStep, statuses } from '../../support/programs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await sleep(10)
}

const isRunning = (pid: number): boolean => {
  try {
    // A process that nobody has waited for yet is a zombie: it is dead.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

const sleeper = shellStep('sleeper', { probe: 'false', change: 'sleep 1000 & echo $! >"$root/pid"; wait' })
const pidOf = (host: ShellHost): number => {
  const path = join(host.root, 'pid')
  return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 0
}

const privateDirectories = (host: ShellHost): readonly string[] => readdirSync(join(host.root, 'run'))

const neverSent: BinaryStep = {
  kind: 'binary',
  id: 'b',
  title: 'b',
  path: '/usr/bin/b',
  mode: 0o755,
  sha256: '0'.repeat(64),
  size: 1,
  blob: { digest: 'sha256:b', size: 9 },
}

/** Every process below this one, itself first: the shell, and the program that it started. */
const withDescendants = (pid: number): readonly number[] => {
  const children = readdirSync('/proc').filter((name) => {
    try {
      return (
        /^\d+$/.test(name) &&
        readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(pid)
      )
    } catch {
      return false
    }
  })
  return [pid, ...children.flatMap((child) => withDescendants(Number(child)))]
}

/** A `cat` that stops in the middle of a file, so that killing is likely to hit a write. */
const slowCat = (): string => {
  const directory = scratchDirectory('slow-cat')
  const halves = '/usr/bin/head -c 100000 "$1"; /usr/bin/sleep 0.01; /usr/bin/tail -c +100001 "$1"'
  const script = `#!/bin/dash\n[ $# -eq 1 ] || exec /usr/bin/cat "$@"\n${halves}\n`
  writeFileSync(join(directory, 'cat'), script, { mode: 0o755 })
  return directory
}

const killOne = (host: ShellHost, chance: number): void => {
  const pids = host.running().flatMap((child) => withDescendants(child.pid ?? 0))
  const pid = pids[Math.floor(chance * pids.length)]
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It had ended by itself.
  }
}

describe.each(shells)('%s', (shell) => {
  it.each([
    ['end of its input', ['stdin']],
    ['connection', ['stdin', 'stdout', 'stderr']],
  ] as const)('ends with the %s: the running command is killed, the directory removed', async (_, ends) => {
    const host = shellHost(shell)
    const run = attempt(host, [sleeper]).catch((error: unknown) => error)
    await until(() => pidOf(host) > 0)
    expect(privateDirectories(host)).toHaveLength(1)
    host.drop(ends)
    expect(await run).toMatchObject({ name: 'HostError' })
    await until(() => !isRunning(pidOf(host)))
    await until(() => privateDirectories(host).length === 0)
  })

  it('leaves no process of its own behind when it ends well', async () => {
    const host = shellHost(shell)
    const straggler = shellStep('straggler', {
      probe: '[ -s "$root/pid" ]',
      change: 'sleep 1000 & echo $! >"$root/pid"',
    })
    expect(statuses(await attempt(host, [straggler]))).toEqual(['changed'])
    await until(() => !isRunning(pidOf(host)))
    expect(privateDirectories(host)).toEqual([])
  })

  it('removes what an earlier run left that was killed with its shell', async () => {
    const host = shellHost(shell)
    for (const name of ['slipway.999999999.dead', `slipway.${process.pid}.alive`, 'slipway.lock']) {
      mkdirSync(join(host.root, 'run', name))
      writeFileSync(join(host.root, 'run', name, 'secret'), '')
    }
    await attempt(host, [fileStep('/etc/a', '')])
    expect(privateDirectories(host)).toEqual([`slipway.${process.pid}.alive`, 'slipway.lock'])
  })

  it('killed anywhere, leaves every file old or new, and the next run makes it good', async () => {
    const host = shellHost(shell, [slowCat()])
    const contents = ['old ', 'new '].map((word) => word.repeat(50_000))
    const versions = contents.map((content) =>
      ['a', 'b', 'c', 'd'].map((name) => fileStep(`/etc/kubernetes/${name}`, content, { mode: 0o600 })),
    )
    const directory = join(host.root, 'etc/kubernetes')
    const rounds = 16
    for (let round = 0; round < rounds; round++) {
      const run = attempt(host, versions[round % 2] ?? []).catch(() => [])
      await sleep((80 * round) / rounds)
      killOne(host, ((round * 7) / rounds) % 1)
      await run
      const names = existsSync(directory)
        ? readdirSync(directory).filter((name) => !name.startsWith('.'))
        : []
      for (const name of names) expect(contents).toContain(readFileSync(join(directory, name), 'utf8'))
    }
    await attempt(host, versions[1] ?? [])
    expect(new Set(statuses(await attempt(host, versions[1] ?? [])))).toEqual(new Set(['unchanged']))
    expect(readdirSync(directory)).toEqual(['a', 'b', 'c', 'd'])
    expect(privateDirectories(host)).toEqual([])
  })
})

/** It looks every few seconds: in all shells at once. */
it('notices a dead connection while a payload still stands in its input', async () => {
  const payload = [{ phase: 'test', step: 'b', missingBlobs: ['sha256:b'] }]
  const blobs = { read: () => Readable.from([Buffer.from('123456789')]) }
  await Promise.all(
    shells.map(async (shell) => {
      const host = shellHost(shell)
      const run = attempt(host, [sleeper, neverSent], { payload, blobs }).catch((error: unknown) => error)
      await until(() => pidOf(host) > 0)
      host.drop()
      expect(await run, shell).toMatchObject({ name: 'HostError' })
      await until(() => !isRunning(pidOf(host)))
      await until(() => privateDirectories(host).length === 0)
    }),
  )
})
