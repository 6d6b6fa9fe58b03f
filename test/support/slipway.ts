/** The command itself, as a user runs it. Takes arguments; gives its exit code and what it printed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

const program = fileURLToPath(new URL('../../bin/slipway.js', import.meta.url))

export const startSlipway = (
  ...args: readonly string[]
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } => {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    texts.stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    texts.stderr += chunk.toString()
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, ...texts }))
  })
  return { child, ended }
}

export const slipway = (...args: readonly string[]): Promise<Ended> => startSlipway(...args).ended
