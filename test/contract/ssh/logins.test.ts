/** Ways in: keys, passwords, a bastion; and what is said when none of them is. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { connectHosts } from '../../../src/host/connect-all.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import type { SshTarget } from '../../../src/host/ssh-target.ts'
import { targetOf } from '../../../src/host/ssh-target.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { sshKey } from '../../support/ssh-keys.ts'
import { knownLine, reachable, secretFile } from '../../support/ssh-target.ts'

const options = { acceptNew: false, pinFile: '/nonexistent' }

const logIn = async (target: SshTarget): Promise<string> => {
  const host = await connectSsh(target, options)
  onTestFinished(() => host.close())
  return (await host.exec({ command: ['echo', 'in'], doing: 'a test' })).stdout
}

const refusal = async (target: SshTarget): Promise<HostError> => {
  const error: unknown = await logIn(target).catch((reason: unknown) => reason)
  if (error instanceof HostError) return error
  throw new Error(`expected a HostError, got ${String(error)}`)
}

test.each(['ed25519', 'ecdsa', 'rsa'] as const)('a key of kind %s', async (type) => {
  const key = sshKey(type)
  const { target, server } = await reachable({ authorized: [key.publicKey] }, { identityFiles: [key.file] })
  expect(await logIn(target)).toBe('in\n')
  expect(server.logins).toEqual(['publickey'])
})

test('the second key, when the first is not wanted and a third is not there', async () => {
  const [wrong, right] = [sshKey(), sshKey()]
  const files = ['/nonexistent/id_rsa', wrong.file, right.file]
  const { target } = await reachable({ authorized: [right.publicKey] }, { identityFiles: files })
  expect(await logIn(target)).toBe('in\n')
})

test.each([
  ['password', false],
  ['keyboard-interactive', true],
] as const)('a password, asked for as %s', async (method, interactive) => {
  const { target, server } = await reachable(
    { authorized: [], password: 'tr0ub4dor', interactive },
    { passwordFile: secretFile('tr0ub4dor\n') },
  )
  expect(await logIn(target)).toBe('in\n')
  expect(server.logins).toEqual([method])
})

test('a password file that others can read is refused, and said how to mend it', async () => {
  const passwordFile = secretFile('x')
  chmodSync(passwordFile, 0o644)
  const { target } = await reachable({}, { passwordFile })
  await expect(logIn(target)).rejects.toThrow(/can be read by others/)
})

test('nobody is let in: what was tried, and what to do', async () => {
  const key = sshKey()
  const { target } = await reachable(
    { authorized: [sshKey().publicKey], password: 'right' },
    { identityFiles: [key.file], passwordFile: secretFile('wrong-secret') },
  )
  const { message, failure } = await refusal(target)
  expect(message).toContain('w1 (ops@127.0.0.1')
  expect(failure.output).toContain(`key ${key.file}`)
  expect(failure.output).toContain('the password')
  expect(failure.hint).toContain('ssh-copy-id')
  expect(`${message}${failure.output}${failure.hint}`).not.toContain('wrong-secret')
})

test('a key with a passphrase, and nothing else: how it is opened', async () => {
  const key = sshKey('ed25519', 'a passphrase')
  const { target } = await reachable({}, { identityFiles: [key.file] })
  const { failure } = await refusal(target)
  expect(failure.output).toContain(`not ${key.file}, which has a passphrase`)
  expect(failure.hint).toContain(`ssh-add ${key.file}`)
})

describe('what cannot be used is passed over, for what can:', () => {
  const stale = join('/nonexistent', 'agent.sock')

  test('a key with a passphrase, for another key', async () => {
    const [closed, open] = [sshKey('ed25519', 'a passphrase'), sshKey()]
    const { target } = await reachable(
      { authorized: [open.publicKey] },
      { identityFiles: [closed.file, open.file] },
    )
    expect(await logIn(target)).toBe('in\n')
  })

  test('a key with a passphrase, for a password', async () => {
    const { target } = await reachable(
      { authorized: [], password: 'tr0ub4dor' },
      {
        identityFiles: [sshKey('ed25519', 'a passphrase').file],
        passwordFile: secretFile('tr0ub4dor'),
      },
    )
    expect(await logIn(target)).toBe('in\n')
  })

  test('an agent that has gone, for a key', async () => {
    const { target } = await reachable({}, { agentSocket: stale })
    expect(await logIn(target)).toBe('in\n')
  })

  test('an agent that has gone, for a password', async () => {
    const { target } = await reachable(
      { authorized: [], password: 'tr0ub4dor' },
      { identityFiles: [], agentSocket: stale, passwordFile: secretFile('tr0ub4dor') },
    )
    expect(await logIn(target)).toBe('in\n')
  })

  test('an agent that has gone, and nothing else: nobody is let in, rather than a broken socket', async () => {
    const { target } = await reachable({}, { identityFiles: [], agentSocket: stale })
    const { message, failure } = await refusal(target)
    expect(message).toContain('did not let us in')
    expect(failure.output).toContain('the agent cannot be asked')
  })
})

test.each([
  ['nothing listens', { port: 1 }, /is sshd running/],
  ['a name that is none', { host: 'no-such-host.invalid' }, /cannot be resolved/],
])('%s: the hint says where to look', async (_what, way, hint) => {
  const { target } = await reachable({}, way)
  expect((await refusal(target)).failure.hint).toMatch(hint)
})

test('what ssh_config says: an alias, a port, a user, a key, a jump host', async () => {
  const [behind, bastion] = [await reachable(), await reachable()]
  const [hostKeyFile] = behind.target.knownHostsFiles
  const folder = scratchDirectory('config')
  const known = join(folder, 'known')
  writeFileSync(
    known,
    knownLine(behind.server.port, behind.hostKey) + knownLine(bastion.server.port, bastion.hostKey),
  )
  const lines = (name: string, target: SshTarget, more = ''): string =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${target.port}\n  User ops\n  IdentityFile ${target.identityFiles[0]}\n  UserKnownHostsFile ${known}\n${more}`
  const sshConfigText = lines('jump', bastion.target) + lines('10.9.9.9', behind.target, '  ProxyJump jump\n')
  const around = {
    home: '/nonexistent',
    localUser: 'nobody',
    agentSocket: undefined,
    clusterFolder: '/',
    sshConfigText,
    pinFile: hostKeyFile ?? '',
  }
  const host = { name: 'w1', address: '10.9.9.9', role: 'worker', labels: {} } as const
  expect(await logIn(targetOf(host, {}, around))).toBe('in\n')
  expect(bastion.server.forwards()).toBe(1)
})

test('fifty hosts at once; of those that cannot be used all are told, and the others let go', async () => {
  const { target, server } = await reachable()
  const many = Array.from({ length: 50 }, (_, at) => ({ ...target, name: `w${at}` }))
  const hosts = await connectHosts(many, options)
  expect(hosts.size).toBe(50)
  for (const host of hosts.values()) await host.close()
  expect(server.logins).toHaveLength(50)

  const broken = many.map((each, at) => (at < 2 ? { ...each, port: 1 } : each))
  const error: unknown = await connectHosts(broken, options).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(AggregateError)
  expect((error as AggregateError).errors.map((each: HostError) => each.failure.host)).toEqual(['w0', 'w1'])
})
