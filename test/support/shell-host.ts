/**
 * A Host that is this machine, with the shell of one's choice as `sh`: how the programs for hosts are tried on every shell
 * that a host may have. It counts its channels, and can lose its connection.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { HostError } from '../../src/errors.ts'
import { collector } from '../../src/host/collect.ts'
import { feed } from '../../src/host/feed.ts'
import type { ExecRequest, ExecResult, Host } from '../../src/host/types.ts'
import { scratchDirectory } from './scratch.ts'
import { sshShellHost } from './ssh-shell-host.ts'

const local = ['dash', 'bash', 'busybox'] as const

/** Every shell as a child of this process, and again behind an SSH server. */
export const shells = [...local, 'dash over SSH', 'bash over SSH', 'busybox over SSH'] as const

export type Shell = (typeof shells)[number]

const overSsh = ' over SSH'

const which = (command: string): string => {
  try {
    return execFileSync('which', [command], { encoding: 'utf8' }).trim()
  } catch {
    throw new Error(`these tests need ${command}: apt-get install ${command}`)
  }
}

/** Hundreds of links, for busybox: made once for all tests of a file. */
const made = new Map<string, string>()
afterAll(() => {
  for (const directory of made.values()) rmSync(directory, { recursive: true, force: true })
  made.clear()
})

const madeOnce = (key: string, fill: (directory: string) => void): string => {
  const known = made.get(key)
  if (known) return known
  const directory = mkdtempSync(join(tmpdir(), 'slipway-tools-'))
  made.set(key, directory)
  fill(directory)
  return directory
}

/** A directory that, put first in PATH, makes `sh` that shell; with busybox every other tool is busybox's as well. */
const shellDirectory = (shell: string): string =>
  madeOnce(shell, (directory) => {
    const binary = which(shell)
    if (shell === 'busybox') execFileSync(binary, ['--install', '-s', directory])
    else symlinkSync(binary, join(directory, 'sh'))
  })

/** One directory with everything of several, of which the first wins. */
const merged = (directories: readonly string[]): string =>
  madeOnce(directories.join(':'), (all) => {
    for (const directory of directories)
      for (const name of readdirSync(directory))
        if (!existsSync(join(all, name))) symlinkSync(join(directory, name), join(all, name))
  })

type End = 'stdin' | 'stdout' | 'stderr'

export type ShellHost = Host & {
  /** An empty directory for `root`, with the /run that a host has. */
  readonly root: string
  readonly channels: () => number
  /** The shells that are running now. */
  readonly running: () => readonly ChildProcess[]
  /** What a dead connection does to the far side: its pipes are closed. */
  readonly drop: (ends?: readonly End[]) => void
}

export const shellHost = (shell: Shell, commands: readonly string[] = []): ShellHost => {
  const root = scratchDirectory('root')
  mkdirSync(join(root, 'run'))
  if (shell.endsWith(overSsh))
    return sshShellHost(shell, merged([...commands, shellDirectory(shell.replace(overSsh, ''))]), root)
  const path = [...commands, shellDirectory(shell), process.env['PATH']].join(':')
  const children = new Set<ChildProcess>()
  let channels = 0

  const exec = async (request: ExecRequest): Promise<ExecResult> => {
    channels += 1
    const [command = '', ...args] = request.command
    const child = spawn(command, args, { env: { ...process.env, PATH: path, FAKE_ROOT: root }, cwd: '/' })
    children.add(child)
    const [stdout, stderr] = [collector(request.onStdout), collector()]
    child.stdout.on('data', stdout.add)
    child.stderr.on('data', stderr.add)
    child.stdin.on('error', () => undefined)
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve(code ?? 255))
    })
    const sent = feed(child.stdin, request).catch((error: unknown) => {
      child.stdin.destroy()
      throw error
    })
    const [code] = await Promise.all([ended, sent])
    children.delete(child)
    return { code, stdout: stdout.text(), stderr: stderr.text() }
  }

  return {
    name: shell,
    root,
    exec,
    channels: () => channels,
    running: () => [...children],
    drop: (ends = ['stdin', 'stdout', 'stderr']) => {
      for (const child of children) for (const end of ends) child[end]?.destroy()
    },
    connect: () => Promise.reject(new HostError('no connections here', { host: shell, doing: 'connect' })),
    close: () => Promise.resolve(),
  }
}
