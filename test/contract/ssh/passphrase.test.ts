/** A key with a passphrase, on a terminal: asked for once, however many hosts want it, and only where nothing else would do. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockedKeys } from '../../../src/host/locked-keys.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type SshKey, sshKey } from '../../support/ssh-keys.ts'
import { knownLine, type Reachable, reachable, secretFile } from '../../support/ssh-target.ts'
import { onTerminal } from '../../support/terminal.ts'
import { wholeBundle } from '../../support/whole-bundle.ts'

const passphrase = 'correct horse'

/** Lets everybody in who has the key, and then does nothing that it is asked to. */
const idle = (command: string): readonly string[] =>
  command.includes('id -u') ? ['echo', 'slipway:root'] : ['false']

const lettingIn = ({ publicKey }: SshKey) => ({ authorized: [publicKey], argv: idle })

const twoHosts = async () => {
  const key = sshKey('ed25519', passphrase)
  const [cp1, w1] = [await reachable(lettingIn(key)), await reachable(lettingIn(key))]
  const folder = scratchDirectory('cluster')
  const [file, knownHostsFile] = [join(folder, 'cluster.yaml'), join(folder, 'known_hosts')]
  writeFileSync(
    knownHostsFile,
    [cp1, w1].map(({ server, hostKey }) => knownLine(server.port, hostKey)).join(''),
  )
  const at = ({ target }: Reachable) => ({ ssh: { address: '127.0.0.1', port: target.port } })
  const cluster = {
    apiVersion: 'slipway/v1',
    kind: 'Cluster',
    name: 'locked',
    kubernetes: { version: '1.37.1' },
    bundle: { file: wholeBundle() },
    ssh: { user: 'ops', agent: false, configFile: '/dev/null', identityFile: key.file, knownHostsFile },
    hosts: [
      { name: 'cp1', address: '10.0.0.11', role: 'control-plane', ...at(cp1) },
      { name: 'w1', address: '10.0.0.21', role: 'worker', ...at(w1) },
    ],
  }
  writeFileSync(file, JSON.stringify(cluster))
  return { file, logins: () => [...cp1.server.logins, ...w1.server.logins] }
}

const asking = 'Passphrase of /'

test('is asked for once, and opens it for every host', async () => {
  const { file, logins } = await twoHosts()
  const { shown } = await onTerminal(['apply', '-c', file], [{ at: asking, type: `${passphrase}\n` }])
  expect(logins(), shown).toEqual(['publickey', 'publickey'])
  expect(shown.split(asking)).toHaveLength(2)
  expect(shown).not.toContain(passphrase)
})

test('that is wrong is said to be, and nobody is asked to let us in', async () => {
  const { file, logins } = await twoHosts()
  const { code, shown } = await onTerminal(['apply', '-c', file], [{ at: asking, type: 'wrong\n' }])
  expect(shown).toContain('that is not the passphrase of /')
  expect(code).toBe(2)
  expect(logins()).toEqual([])
})

test('is not asked for where something else may do: another key, a password', async () => {
  const locked = sshKey('ed25519', passphrase).file
  const { target } = await reachable()
  const needed = (way: Partial<typeof target>) => lockedKeys([{ ...target, ...way }])
  expect(await needed({ identityFiles: [locked, sshKey().file] })).toEqual([])
  expect(await needed({ identityFiles: [locked], passwordFile: secretFile('x') })).toEqual([])
  expect(await needed({ identityFiles: ['/nonexistent', locked] })).toEqual([locked])
  expect(await needed({ identityFiles: [locked], agentSocket: '/nonexistent' })).toEqual([locked])
  const passwordFile = secretFile('x')
  const alike = { ...target, identityFiles: [locked] }
  expect(await lockedKeys([alike, { ...alike, passwordFile }])).toEqual([locked])
  const bastion = { ...target, identityFiles: [locked] }
  expect(await needed({ bastion })).toEqual([locked])
})
