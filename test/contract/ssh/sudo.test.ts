/**
 * Becoming root: directly, by sudo without a password, or with one that only ever travels on standard input. The user is a real
 * one without rights; sudo is a script that answers as sudo does to the flags that are used. The lab has the real one.
 */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { reachable, secretFile } from '../../support/ssh-target.ts'

const password = 'correct horse battery'

/** -k forgets, -n never asks, -S reads one line of standard input; what is run says by SUDO that it was run by it. */
const sudoScript = (wanted: string): string => `#!/bin/sh
ask=yes
while :; do case $1 in
  -k) shift ;; -n) ask=no; shift ;; -S) shift ;; -p) shift 2 ;; --) shift; break ;; *) break ;;
esac; done
if [ -n '${wanted}' ]; then
  [ $ask = yes ] || { echo 'sudo: a password is required' >&2; exit 1; }
  IFS= read -r given
  [ "$given" = '${wanted}' ] || { echo 'Sorry, try again.' >&2; exit 1; }
fi
SUDO=yes exec "$@"
`

const asNobody = (tools: string, command: string): readonly string[] => [
  ...['unshare', '--mount', 'sh', '-c'],
  'mount --bind "$1" /usr/local/sbin && exec setpriv --reuid 65534 --regid 65534 --clear-groups /bin/sh -c "$2"',
  ...['slipway', tools, command],
]

const hostWith = async (sudo: string, sudoPasswordFile?: string) => {
  const tools = scratchDirectory('tools')
  chmodSync(tools, 0o755)
  writeFileSync(join(tools, 'sudo'), sudoScript(sudo), { mode: 0o755 })
  const env = { PATH: '/usr/local/sbin:/usr/bin:/bin' }
  const { server, target, pinFile } = await reachable(
    { argv: (command) => asNobody(tools, command), env },
    { sudoPasswordFile },
  )
  return {
    server,
    connect: async () => {
      const host = await connectSsh(target, { acceptNew: false, pinFile })
      onTestFinished(() => host.close())
      return host
    },
  }
}

const refusal = async (connecting: Promise<unknown>): Promise<HostError> => {
  const error: unknown = await connecting.catch((reason: unknown) => reason)
  if (error instanceof HostError) return error
  throw new Error(`expected a HostError, got ${String(error)}`)
}

describe('sudo', () => {
  test('without a password: the input is the command’s, from its first byte', async () => {
    const { connect } = await hostWith('')
    const host = await connect()
    const { stdout } = await host.exec({
      command: ['sh', '-c', 'echo "$SUDO"; cat'],
      input: 'first\nsecond\n',
      doing: 'a test',
    })
    expect(stdout).toBe('yes\nfirst\nsecond\n')
  })

  test('with a password: on standard input, before the command’s own, and nowhere else', async () => {
    const { connect, server } = await hostWith(password, secretFile(`${password}\n`))
    const host = await connect()
    const { stdout } = await host.exec({
      command: ['sh', '-c', 'echo "$SUDO"; cat'],
      input: 'first\nsecond\n',
      doing: 'a test',
    })
    expect(stdout).toBe('yes\nfirst\nsecond\n')
    expect(server.commands.join('\n')).not.toContain('horse')
  })

  test('is left out for what needs no rights', async () => {
    const { connect } = await hostWith(password, secretFile(password))
    const host = await connect()
    const { stdout } = await host.exec({ command: ['id', '-u'], asRoot: false, doing: 'a test' })
    expect(stdout).toBe('65534\n')
  })

  test('that wants a password, and none is there: which line of the cluster file is missing', async () => {
    const { connect } = await hostWith(password)
    const { message, failure } = await refusal(connect())
    expect(message).toBe('sudo asks for a password')
    expect(failure.hint).toContain('ssh.sudoPasswordFile')
  })

  test('that refuses the password: said, without the password', async () => {
    const { connect, server } = await hostWith(password, secretFile('wrong-guess'))
    const { message, failure } = await refusal(connect())
    expect(message).toBe('sudo refused the password or the user')
    expect(`${message} ${failure.output} ${failure.hint} ${server.commands}`).not.toContain('wrong-guess')
  })
})

describe('a login shell', () => {
  const refusedBy = async (argv: (command: string) => readonly string[]) => {
    const { target, pinFile } = await reachable({ argv }, { sudoPasswordFile: secretFile(password) })
    return refusal(connectSsh(target, { acceptNew: false, pinFile }))
  }

  test.each(['echo Welcome!', 'printf "Welcome! "'])(
    'that says something first (%s): what it says, and how it is kept quiet',
    async (says) => {
      const { message, failure } = await refusedBy((command) => ['sh', '-c', `${says}; ${command}`])
      expect(message).toBe('the login shell there prints something of its own before every command')
      expect(failure).toMatchObject({ host: 'w1', output: 'Welcome!' })
      expect(failure.hint).toContain('~/.bashrc')
    },
  )

  test('that lets nobody do anything: its own words', async () => {
    const { message, failure } = await refusedBy((command) => ['/usr/sbin/nologin', '-c', command])
    expect(message).toBe('the login shell there runs no commands')
    expect(failure.output).toMatch(/not available/)
    expect(failure.hint).toContain('ssh.user')
  })

  test('that says something to itself alone is no matter', async () => {
    const argv = (command: string) => ['sh', '-c', `echo Welcome! >&2; ${command}`]
    const { target, pinFile } = await reachable({ argv })
    const host = await connectSsh(target, { acceptNew: false, pinFile })
    onTestFinished(() => host.close())
    expect((await host.exec({ command: ['echo', 'in'], doing: 'a test' })).stdout).toBe('in\n')
  })
})
