/** One command over one channel of a connection. Takes the client, how to become root and the request; gives the result. */
import type { ClientChannel } from 'ssh2'
import { HostError, Interrupted } from '../errors.ts'
import { collector } from './collect.ts'
import { feed } from './feed.ts'
import { quoteAll } from './quote.ts'
import { type Connection, lostWhile, openChannel } from './ssh-connection.ts'
import { together } from './together.ts'
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

export const execOverSsh = (
  connection: Connection,
  become: Become,
  request: ExecRequest,
): Promise<ExecResult> =>
  openChannel(connection, {
    doing: request.doing,
    refused: `${connection.name} would not run a command`,
    signal: request.signal,
    open: (answer) => connection.client.exec(commandLine(request, become), answer),
    use: (channel) => follow(connection, channel, become, request),
  })

/** As when its sshd is restarted or out of memory: what the command did, nobody knows. */
const endedUntold = ({ name }: Connection, { doing }: ExecRequest, output: string): HostError =>
  new HostError(`${name} ended a command without saying how it went, while ${doing}`, {
    host: name,
    doing,
    output,
    hint: 'look what sshd says there (journalctl -u ssh -u sshd), then run the same command again',
  })

const follow = (
  connection: Connection,
  channel: ClientChannel,
  become: Become,
  request: ExecRequest,
): Promise<ExecResult> =>
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
    const stopListening = connection.onLost(() => reject(lostWhile(connection, request.doing)))
    request.signal?.addEventListener('abort', abort, { once: true })
    channel.on('close', () => {
      stopListening()
      request.signal?.removeEventListener('abort', abort)
      if (code === undefined) reject(endedUntold(connection, request, stderr.text()))
      else resolve({ code, stdout: stdout.text(), stderr: stderr.text() })
    })
    const asksPassword = become.kind === 'sudo-password' && request.asRoot !== false
    feed(channel, {
      prefix: asksPassword ? `${become.password}\n` : undefined,
      input: request.input,
      holdInput: request.holdInput,
      together: (write) => together(connection.client, write),
    }).catch((error: unknown) => {
      channel.close()
      reject(error)
    })
  })
