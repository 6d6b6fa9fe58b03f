/** Ctrl-C where a host keeps silent: while it is being connected to, and once more when even the way out takes too long. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../support/on-host.ts'
import { oneHostCluster } from '../../support/one-host-cluster.ts'
import { startSlipway } from '../../support/slipway.ts'
import { reachable } from '../../support/ssh-target.ts'
import { onTerminal } from '../../support/terminal.ts'
import { wholeBundle } from '../../support/whole-bundle.ts'

/** What a firewall or a wedged sshd looks like: the connection stands, and nothing comes. */
const silentPort = async () => {
  const server = createServer()
  const connected = once(server, 'connection')
  server.listen(0, '127.0.0.1')
  onTestFinished(() => {
    server.close()
  })
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, connected }
}

test.each([
  { command: ['apply'], choices: () => [] },
  { command: ['apply'], choices: () => ['--ignore', 'Swap'] },
  { command: ['certs', 'renew', '--all'], choices: () => ['--host', 'cp1', '--ignore', 'Swap'] },
  {
    command: ['phase', 'run', 'host-prep', 'runtime'],
    choices: () => ['--host', 'cp1', '--bundle', wholeBundle(), '--ignore', 'Swap', 'NumCPU'],
  },
])(
  'while connecting, Ctrl-C is heard: an end that was asked for, and how to go on: $command',
  async ({ command, choices }) => {
    const { port, connected } = await silentPort()
    const words = [...command, '-c', oneHostCluster({ ssh: { port } }), ...choices()]
    const { child, ended } = startSlipway(...words)
    await Promise.race([connected, ended])
    child.kill('SIGINT')
    const { code, stderr } = await ended
    expect(code, stderr).toBe(130)
    expect(stderr).toContain(`nothing was changed. To go on: slipway ${words.join(' ')}\n`)
    expect(stderr).not.toContain('does not answer')
  },
)

test('on a terminal as well, and the cursor is there again', async () => {
  const { port } = await silentPort()
  const { code, shown } = await onTerminal(
    ['apply', '-c', oneHostCluster({ ssh: { port } })],
    [{ at: 'Check the hosts', type: '\u0003' }],
  )
  expect(code, shown).toBe(130)
  expect(shown).toContain('nothing was changed. To go on: slipway apply')
  expect(shown.lastIndexOf('\u001b[?25h')).toBeGreaterThan(shown.lastIndexOf('\u001b[?25l'))
})

/** Says who it is, takes the lock and never lets go of it; whatever else it is asked, it goes on with until nobody listens. */
const stuck = (command: string): readonly string[] => {
  const holds = command.includes('/run/slipway.lock')
  const answer = holds ? 'echo taken; exec sleep 600' : 'while echo; do sleep 0.1; done'
  return ['sh', '-c', command.includes('id -u') ? 'echo slipway:root' : answer]
}

test('a second Ctrl-C ends it at once, where a host does not even let go of its lock', async () => {
  const { server, target } = await reachable({ argv: stuck })
  const { port, identityFiles, knownHostsFiles } = target
  const [identityFile = ''] = identityFiles
  const [knownHostsFile = ''] = knownHostsFiles
  const { child, ended } = startSlipway(
    'apply',
    '-c',
    oneHostCluster({ ssh: { port, identityFile, knownHostsFile } }),
  )
  await eventually('it asks for facts', async () => expect(server.commands.length).toBeGreaterThan(2))
  child.kill('SIGINT')
  await eventually('it has given up what it asked', async () => expect(server.running()).toHaveLength(1))
  expect(child.exitCode).toBeNull()
  child.kill('SIGINT')
  await ended
  // A shell calls this 130.
  expect(child.signalCode).toBe('SIGINT')
})
