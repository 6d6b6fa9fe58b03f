/** This very machine as a Host, for one that installs itself. Commands run as they are: who starts it has to be root. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { HostError, Interrupted } from '../errors.ts'
import { collector } from './collect.ts'
import { feed } from './feed.ts'
import { rootPath } from './ssh-exec.ts'
import type { ExecRequest, ExecResult, Host } from './types.ts'

const run = (name: string, request: ExecRequest): Promise<ExecResult> =>
  new Promise((resolve, reject) => {
    if (request.signal?.aborted) return reject(new Interrupted())
    const [command = '', ...args] = request.command
    const child = spawn(command, args, {
      env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:${rootPath}` },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    })
    const stdout = collector(request.onStdout)
    const stderr = collector()
    child.stdout.on('data', stdout.add)
    child.stderr.on('data', stderr.add)
    child.stdin.on('error', () => undefined)
    const abort = (): void => {
      child.stdin.destroy()
      reject(new Interrupted())
    }
    request.signal?.addEventListener('abort', abort, { once: true })
    child.on('error', (error) =>
      reject(new HostError(`cannot run ${command}`, { host: name, doing: request.doing }, error)),
    )
    child.on('close', (code, signal) => {
      request.signal?.removeEventListener('abort', abort)
      resolve({ code: code ?? (signal ? 128 : 1), stdout: stdout.text(), stderr: stderr.text() })
    })
    feed(child.stdin, request).catch((error: unknown) => {
      child.stdin.destroy()
      reject(error)
    })
  })

export const localHost = (name: string): Host => ({
  name,
  exec: (request) => run(name, request),
  connect: async (address, port) => {
    const socket = connect(port, address)
    await once(socket, 'connect')
    return socket
  },
  close: async () => undefined,
})
