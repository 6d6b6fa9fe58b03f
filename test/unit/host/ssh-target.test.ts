/** Where and as whom: what the cluster file says, then ssh_config, then OpenSSH's defaults. */
import { describe, expect, test } from 'vitest'
import type { HostConfig, SshConfig } from '../../../src/config/schema.ts'
import { UserError } from '../../../src/errors.ts'
import { type SshTarget, targetOf } from '../../../src/host/ssh-target.ts'

const around = {
  home: '/home/ann',
  localUser: 'ann',
  agentSocket: '/agent',
  clusterFolder: '/cluster',
  sshConfigText: '',
  pinFile: '/cluster/.slipway/known_hosts',
}

const target = (sshConfigText: string, ssh: SshConfig = {}, own: HostConfig['ssh'] = {}): SshTarget =>
  targetOf({ name: 'w1', address: '10.0.0.21', role: 'worker', labels: {}, ssh: own }, ssh, {
    ...around,
    sshConfigText,
  })

/** From the workstation to the host, each as user@host:port. */
const hops = ({ bastion, user, host, port }: SshTarget): readonly string[] => [
  ...(bastion ? hops(bastion) : []),
  `${user}@${host}:${port}`,
]

const problem = (attempt: () => unknown): UserError => {
  try {
    attempt()
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('expected a UserError')
}

test('with nothing said, it is what ssh would do', () => {
  expect(target('')).toEqual({
    name: 'w1',
    host: '10.0.0.21',
    port: 22,
    user: 'ann',
    identityFiles: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((file) => `/home/ann/.ssh/${file}`),
    agentSocket: '/agent',
    knownHostsFiles: ['/home/ann/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts', around.pinFile],
    passwordFile: undefined,
    sudoPasswordFile: undefined,
    bastion: undefined,
  })
})

test('what the host says wins over the section of all hosts, and that over ssh_config', () => {
  const text = 'Host *\n  User config\n  Port 2200\n  IdentityFile ~/.ssh/config-key\n'
  const ssh = { user: 'all', identityFile: 'keys/all' }
  expect(target(text, ssh, { user: 'own' })).toMatchObject({
    user: 'own',
    port: 2200,
    identityFiles: ['/cluster/keys/all'],
  })
})

test.each([
  ['keywords in any case', 'host 10.0.0.21\n  hostname web\n  USER ops\n  port 2222\n', 'ops@web:2222'],
  ['with an equals sign', 'Host=10.0.0.21\n  HostName=web\n  Port = 2222\n', 'ann@web:2222'],
  ['%h is the name that was given', 'Host 10.*\n  HostName %h.lan\n', 'ann@10.0.0.21.lan:22'],
  ['the first value wins', 'Host 10.0.0.21\n  User one\nHost *\n  User two\n', 'one@10.0.0.21:22'],
])('ssh_config: %s', (_what, text, expected) => {
  expect(hops(target(text))).toEqual([expected])
})

test('ssh_config: keys and known hosts, several of each, with the words that ssh expands', () => {
  const { identityFiles, knownHostsFiles } = target(
    'Host *\n  IdentityFile ~/.ssh/%h\n  IdentityFile %d/keys/%r\n  User ops\n  UserKnownHostsFile ~/one "/two words"\n',
  )
  expect(identityFiles).toEqual(['/home/ann/.ssh/10.0.0.21', '/home/ann/keys/ops'])
  expect(knownHostsFiles).toEqual(['/home/ann/one', '/two words', around.pinFile])
})

describe('the way there', () => {
  test.each([
    ['jump', ['ann@jump:22', 'ann@10.0.0.21:22']],
    ['ops@jump:2222', ['ops@jump:2222', 'ann@10.0.0.21:22']],
    ['ssh://ops@jump:2222', ['ops@jump:2222', 'ann@10.0.0.21:22']],
    ['ops@[fd00::1]:2222', ['ops@fd00::1:2222', 'ann@10.0.0.21:22']],
    ['one,ops@two', ['ann@one:22', 'ops@two:22', 'ann@10.0.0.21:22']],
    ['none', ['ann@10.0.0.21:22']],
  ])('ProxyJump %s', (jump, expected) => {
    expect(hops(target(`Host 10.0.0.21\n  ProxyJump ${jump}\n`))).toEqual(expected)
  })

  test('a jump host that has one itself', () => {
    const text = 'Host 10.*\n  ProxyJump inner\nHost inner\n  HostName 10.9.9.9\n  ProxyJump outer\n'
    expect(hops(target(text))).toEqual(['ann@outer:22', 'ann@10.9.9.9:22', 'ann@10.0.0.21:22'])
  })

  test('the bastion of the cluster file, with what ssh_config says of it', () => {
    const text = 'Host gate\n  HostName gate.example\n  User gatekeeper\nHost 10.*\n  ProxyJump other\n'
    expect(hops(target(text, { bastion: { host: 'gate', port: 2222 } }))).toEqual([
      'gatekeeper@gate.example:2222',
      'ann@10.0.0.21:22',
    ])
  })

  test('a bastion that is a node itself is reached straight', () => {
    expect(hops(target('', { bastion: { host: '10.0.0.21', port: 22 } }))).toEqual(['ann@10.0.0.21:22'])
    expect(hops(target('', { bastion: { host: '10.0.0.11', port: 22 } }))).toHaveLength(2)
  })

  test('a jump host that would be reached through itself', () => {
    const { message, hint } = problem(() => target('Host *\n  ProxyJump jump\n'))
    expect(message).toContain('jump would be reached through itself')
    expect(hint).toContain('Host * !jump')
  })

  test('a ProxyCommand is not passed over in silence', () => {
    const text = 'Host 10.*\n  ProxyCommand nc -x proxy %h %p\n'
    expect(problem(() => target(text)).hint).toContain('ssh.bastion')
    expect(hops(target(text, { bastion: { host: 'gate', port: 22 } }))).toHaveLength(2)
    expect(hops(target('Host 10.*\n  ProxyCommand none\n'))).toHaveLength(1)
  })
})

test.each([
  ['none', undefined],
  ['SSH_AUTH_SOCK', '/agent'],
  ['$SSH_AUTH_SOCK', '/agent'],
  ['~/.password-manager/agent.sock', '/home/ann/.password-manager/agent.sock'],
  ['"%d/with space.sock"', '/home/ann/with space.sock'],
])('ssh_config: IdentityAgent %s', (said, socket) => {
  const text = `Host *\n  IdentityAgent ${said}\n`
  expect(target(text).agentSocket).toBe(socket)
  expect(target(text, { agent: false }).agentSocket).toBeUndefined()
})

test('no agent, when the cluster file says so', () => {
  expect(target('', { agent: false }).agentSocket).toBeUndefined()
})

test.each(['Host', 'Match foo\n'])('an ssh_config that cannot be read (%j) is the user’s to mend', (text) => {
  expect(problem(() => target(text)).message).toContain('ssh_config cannot be read')
})
