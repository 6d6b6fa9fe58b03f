/** The command itself on a terminal of its own. Takes its arguments and what a person types at each question; gives what the terminal showed. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { quoteAll } from '../../src/host/quote.ts'

const program = fileURLToPath(new URL('../../bin/slipway.js', import.meta.url))

export type Typed = { readonly at: string; readonly type: string }

export const onTerminal = (
  args: readonly string[],
  typed: readonly Typed[],
): Promise<{ readonly code: number | null; readonly shown: string }> =>
  new Promise((resolve) => {
    // A new terminal is no column wide.
    const command = `stty rows 40 cols 160; exec ${quoteAll([process.execPath, program, ...args])}`
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    let shown = ''
    let seen = 0
    const left = [...typed]
    child.stdout.on('data', (chunk: Buffer) => {
      shown += chunk.toString()
      const [next] = left
      const at = next ? shown.indexOf(next.at, seen) : -1
      if (!next || at === -1) return
      left.shift()
      seen = at + next.at.length
      child.stdin.write(next.type)
    })
    child.on('close', (code) => resolve({ code, shown: shown.replaceAll('\r\n', '\n') }))
  })
