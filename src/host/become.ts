/** Finds out, in one channel, how commands become root's on a host: by being root, by sudo without a password, or with one. */
import { HostError } from '../errors.ts'
import { type Become, type Connection, execOverSsh } from './ssh-exec.ts'

const doing = 'finding out how to become root'
/** `-k` forgets what sudo remembers of an earlier password: the answer is the same every time. */
const question =
  'if [ "$(id -u)" = 0 ]; then echo root; elif ! command -v sudo >/dev/null; then echo no-sudo; elif sudo -k -n true 2>/dev/null; then echo sudo; else echo password; fi'

export const findBecome = async (
  connection: Connection,
  sudoPassword: string | undefined,
  signal?: AbortSignal,
): Promise<Become> => {
  const { stdout } = await execOverSsh(
    connection,
    { kind: 'none' },
    { command: ['sh', '-c', question], asRoot: false, doing, signal },
  )
  const answer = stdout.trim()
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
