/** Finds out, in one channel, how commands become root's on a host: by being root, by sudo without a password, or with one. */
import { HostError } from '../errors.ts'
import type { Connection } from './ssh-connection.ts'
import { type Become, execOverSsh } from './ssh-exec.ts'
import type { ExecResult } from './types.ts'

const doing = 'finding out how to become root'
/** `-k` forgets what sudo remembers of an earlier password: the answer is the same every time. */
const question =
  'printf slipway:; if [ "$(id -u)" = 0 ]; then echo root; elif ! command -v sudo >/dev/null; then echo no-sudo; elif sudo -k -n true 2>/dev/null; then echo sudo; else echo password; fi'

/** Found wherever it is: what a login shell says before may not end its line. */
const answerForm = /slipway:(root|no-sudo|sudo|password)$/m

/** A login shell may be one that lets nobody do anything, or start by saying something, which would end up in every answer. */
const answerIn = ({ code, stdout, stderr }: ExecResult, host: string): string => {
  const [line, answer] = answerForm.exec(stdout) ?? []
  const failure = { host, doing, exitCode: code }
  if (line === undefined || answer === undefined)
    throw new HostError('the login shell there runs no commands', {
      ...failure,
      output: `${stdout}${stderr}`,
      hint: 'give the user a shell (usermod --shell /bin/sh USER), or log in as another: ssh.user',
    })
  const noise = stdout.replace(line, '').trim()
  if (noise === '') return answer
  throw new HostError('the login shell there prints something of its own before every command', {
    ...failure,
    output: noise,
    hint: 'let only interactive shells do so, in ~/.bashrc: case $- in *i*) ;; *) return ;; esac',
  })
}

export const findBecome = async (
  connection: Connection,
  sudoPassword: string | undefined,
  signal?: AbortSignal,
): Promise<Become> => {
  const asked = await execOverSsh(
    connection,
    { kind: 'none' },
    { command: ['sh', '-c', question], asRoot: false, doing, signal },
  )
  const answer = answerIn(asked, connection.name)
  if (answer === 'root' || answer === 'sudo') return { kind: answer }
  const failure = { host: connection.name, doing }
  if (answer === 'no-sudo')
    throw new HostError('the login user is not root and there is no sudo', {
      ...failure,
      hint: 'set ssh.user: root, or install sudo on the host',
    })
  if (sudoPassword === undefined)
    throw new HostError('sudo asks for a password', {
      ...failure,
      hint: 'name a file that holds it: ssh.sudoPasswordFile',
    })
  const become: Become = { kind: 'sudo-password', password: sudoPassword }
  const tried = await execOverSsh(connection, become, { command: ['true'], doing, signal })
  if (tried.code !== 0)
    throw new HostError('sudo refused the password or the user', {
      ...failure,
      exitCode: tried.code,
      output: tried.stderr,
      hint: 'log in there and try: sudo -v',
    })
  return become
}
