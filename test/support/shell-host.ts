/**
 * A Host that is this machine, with the shell of one's choice as `sh`: how the programs for hosts are tried on every shell
 * that a host may have. It counts its channels, and can lose its connection.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HostError } from '../../src/errors.ts'
import type { ExecRequest, ExecResult, Host, Input } from '../../src/host/types.ts'
import { scratchDirectory } from './scratch.ts'

export const shells = ['dash', 'bash', 'busybox'] as const

export type Shell = (typeof shells)[number]

const which = (command: string): string => {
  try {
    return execFileSync('which', [command], { encoding: 'utf8' }).trim()
  } catch {
    throw new Error(`these tests need ${command}: apt-get install ${command}`)
  }
}

/** A directory that, put first in PATH, makes `sh` that shell; with busybox every other tool is busybox's as well. */
const shellDirectory = (shell: Shell): string => {
  const directory = scratchDirectory(shell)
  const binary = which(shell)
  if (shell === 'busybox') execFileSync(binary, ['--install', '-s', directory])
  else symlinkSync(binary, join(directory, 'sh'))
  return directory
}

const readable = (input: Input): Readable =>
  Readable.from(typeof input === 'string' || input instanceof Uint8Array ? [input] : input)

/** A program may end before it has read all: then there is nobody left to be told. */
const feed = async (child: ChildProcess, { input = '', holdInput = false }: ExecRequest): Promise<void> => {
  if (!child.stdin) return
  child.stdin.on('error', () => undefined)
  await pipeline(readable(input), child.stdin, { end: !holdInput }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_PREMATURE_CLOSE') return
    child.stdin?.destroy()
    throw error
  })
}

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
  const path = [...commands, shellDirectory(shell), process.env['PATH']].join(':')
  const children = new Set<ChildProcess>()
  let channels = 0

  const exec = async (request: ExecRequest): Promise<ExecResult> => {
    channels += 1
    const [command = '', ...args] = request.command
    const child = spawn(command, args, { env: { ...process.env, PATH: path, FAKE_ROOT: root }, cwd: '/' })
    children.add(child)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
      request.onStdout?.(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    const ended = new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('close', (code) => resolve(code ?? 255))
    })
    const [code] = await Promise.all([ended, feed(child, request)])
    children.delete(child)
    return { code, stdout, stderr }
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
