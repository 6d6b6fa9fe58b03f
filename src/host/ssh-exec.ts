/** One command over one channel of a connection. Takes the client, how to become root and the request; gives the result. */
import type { Client, ClientChannel } from 'ssh2'
import { HostError, Interrupted } from '../errors.ts'
import { collector } from './collect.ts'
import { feed } from './feed.ts'
import { quoteAll } from './quote.ts'
import type { ExecRequest, ExecResult } from './types.ts'

/** Login shells of other users leave out the sbin directories; nothing of ours depends on them (PIT-30). */
export const rootPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** How a command becomes root's. With a password, `-k` makes sudo ask every time: else the password would end up in the stream. */
export type Become =
  | { readonly kind: 'root' }
  | { readonly kind: 'sudo' }
  | { readonly kind: 'sudo-password'; readonly password: string }
  | { readonly kind: 'none' }

const sudoWords = (become: Become): readonly string[] => {
  if (become.kind === 'sudo') return ['sudo', '-n', '--']
  if (become.kind === 'sudo-password') return ['sudo', '-k', '-S', '-p', '', '--']
  return []
}

const commandLine = (request: ExecRequest, become: Become): string => {
  const environment = ['env', `PATH=${rootPath}`, 'LC_ALL=C']
  const words = request.asRoot === false ? [] : sudoWords(become)
  return quoteAll([...words, ...environment, ...request.command])
}

export type Connection = {
  readonly client: Client
  readonly name: string
  readonly lost: () => Error | undefined
  readonly onLost: (listener: () => void) => () => void
}

const lostWhile = ({ name, lost }: Connection, doing: string): HostError =>
  new HostError(`lost the connection to ${name} while ${doing}`, {
    host: name,
    doing,
    output: lost()?.message,
    hint: 'run the same command again: it goes on from what is there',
  })

export const execOverSsh = (
  connection: Connection,
  become: Become,
  request: ExecRequest,
): Promise<ExecResult> =>
  new Promise((resolve, reject) => {
    const { client, name } = connection
    if (request.signal?.aborted) return reject(new Interrupted())
    if (connection.lost()) return reject(lostWhile(connection, request.doing))
    const stopListening = connection.onLost(() => reject(lostWhile(connection, request.doing)))
    const settle = (end: () => void): void => {
      stopListening()
      end()
    }
    client.exec(commandLine(request, become), (error, channel) => {
      if (error)
        return settle(() =>
          reject(
            new HostError(
              `${name} would not run a command`,
              { host: name, doing: request.doing, output: error.message },
              error,
            ),
          ),
        )
      follow(channel, become, request).then(
        (result) => settle(() => resolve(result)),
        (problem: unknown) => settle(() => reject(problem)),
      )
    })
  })

const follow = (channel: ClientChannel, become: Become, request: ExecRequest): Promise<ExecResult> =>
  new Promise((resolve, reject) => {
    const stdout = collector(request.onStdout)
    const stderr = collector()
    let code: number | undefined
    channel.on('data', stdout.add)
    channel.stderr.on('data', stderr.add)
    // An answer in a held stream comes before the command's end; `exit` may come before the last output (ssh2#277).
    channel.on('exit', (exit: number | null) => {
      code = exit ?? 128
    })
    const abort = (): void => {
      channel.end()
      channel.close()
      reject(new Interrupted())
    }
    channel.on('error', () => undefined)
    // It may have fired while the channel was being opened.
    if (request.signal?.aborted) return abort()
    request.signal?.addEventListener('abort', abort, { once: true })
    channel.on('close', () => {
      request.signal?.removeEventListener('abort', abort)
      if (code !== undefined) resolve({ code, stdout: stdout.text(), stderr: stderr.text() })
    })
    const asksPassword = become.kind === 'sudo-password' && request.asRoot !== false
    feed(channel, {
      prefix: asksPassword ? `${become.password}\n` : undefined,
      input: request.input,
      holdInput: request.holdInput,
    }).catch((error: unknown) => {
      channel.close()
      reject(error)
    })
  })
