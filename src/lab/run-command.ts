/** A program on this machine. Takes an argv; gives its output, or an error that carries the command and what it said. */
import { spawn } from 'node:child_process'
import { HostError, UserError } from '../errors.ts'

export type CommandOptions = {
  /** How the command is called in an error: `podman run`. Default: the program's name. */
  readonly title?: string
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly signal?: AbortSignal | undefined
}

export type CommandResult = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Resolves whatever the exit code is; rejects only when the program cannot be started at all. */
export const tryCommand = (argv: readonly string[], options: CommandOptions = {}): Promise<CommandResult> =>
  new Promise((resolve, reject) => {
    const [program = '', ...args] = argv
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      signal: options.signal,
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? notInstalled(program) : error),
    )
    child.on('close', (code) =>
      resolve({
        code: code ?? 255,
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    )
    // A program that does not read its input to the end closes the pipe first: its exit code says more than EPIPE does.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })

/** What the program wrote to stdout; a HostError when it failed. */
export const runCommand = async (argv: readonly string[], options: CommandOptions = {}): Promise<string> => {
  const { code, stdout, stderr } = await tryCommand(argv, options)
  if (code === 0) return stdout
  throw new HostError(`this machine: ${options.title ?? argv[0]} failed with exit code ${code}`, {
    host: 'this machine',
    doing: argv.join(' '),
    exitCode: code,
    output: lastLines(stderr.trim() === '' ? stdout : stderr, 20),
  })
}

const notInstalled = (program: string): UserError =>
  new UserError(`this machine has no "${program}"`, {
    hint: 'on Debian or Ubuntu "slipway lab up", as root, installs what a lab needs',
  })

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n')
