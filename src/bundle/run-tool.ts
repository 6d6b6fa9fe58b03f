/** Runs a program of this machine. Takes an argv; gives what it printed, or an error with the end of what it complained. */
import { spawn } from 'node:child_process'
import { UserError } from '../errors.ts'

export type ToolOptions = { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly hint?: string }

export const runTool = (
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-4000)
    })
    const fail = (what: string, cause?: unknown): void =>
      reject(
        new UserError(what, {
          exitCode: 1,
          cause,
          ...(options.hint === undefined ? {} : { hint: options.hint }),
        }),
      )
    child.on('error', (error) => fail(`cannot run ${command}: ${error.message}`, error))
    child.on('close', (code) =>
      code === 0
        ? resolve(stdout)
        : fail(`${command} ${args.slice(0, 2).join(' ')} failed (${code}):\n${stderr}`),
    )
  })
