/** Connections that end in the middle: an error with the host and the step, soon, and never a success. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { keepaliveCount, keepaliveMs } from '../../../src/constants.ts'
import { HostError, Interrupted } from '../../../src/errors.ts'
import { compileProgram } from '../../../src/host/compile-program.ts'
import { runProgram } from '../../../src/host/run-program.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import { shellStep } from '../../support/programs.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { reachable } from '../../support/ssh-target.ts'

const keepalive = { intervalMs: 50, count: 3 }

const connected = async () => {
  const { server, target } = await reachable()
  const host = await connectSsh(target, { acceptNew: false, pinFile: '/nonexistent', keepalive })
  onTestFinished(() => host.close())
  return { server, host }
}

const sleeping = shellStep('sleeper', { probe: 'false', change: 'sleep 1000' })

const failureOf = async (running: Promise<unknown>): Promise<HostError> => {
  const error: unknown = await running.then(
    () => 'it succeeded',
    (reason: unknown) => reason,
  )
  if (error instanceof HostError) return error
  throw new Error(`expected a HostError, got ${String(error)}`)
}

test('a dead connection is found out within 30 seconds', () => {
  expect(keepaliveMs * (keepaliveCount + 1)).toBeLessThanOrEqual(30_000)
})

test.each(['cut', 'freeze'] as const)('a connection that is %s in the middle of a step', async (how) => {
  const { server, host } = await connected()
  const root = scratchDirectory('root')
  const sections = [{ phase: 'runtime', steps: [sleeping] }]
  const running = failureOf(
    runProgram(host, compileProgram({ sections, mode: 'apply', root }), { doing: 'phase runtime' }),
  )
  while (server.running().length === 0) await sleep(10)
  await sleep(200)
  server[how]()
  const error = await running
  expect(error.message).toContain('lost the connection to w1')
  expect(error.failure).toMatchObject({ host: 'w1', doing: 'phase runtime, step sleeper' })
  expect(error.failure.hint).toContain('run the same command again')
})

test('a connection that is gone says so to every later command', async () => {
  const { server, host } = await connected()
  server.cut()
  await failureOf(host.exec({ command: ['true'], doing: 'a test' }))
  const { message } = await failureOf(host.exec({ command: ['true'], doing: 'another test' }))
  expect(message).toContain('lost the connection to w1 while another test')
  await failureOf(host.connect('127.0.0.1', 22))
})

test('a host that closes the door while we log in', async () => {
  const { server, target } = await reachable()
  await server.close()
  const { failure } = await failureOf(connectSsh(target, { acceptNew: false, pinFile: '/nonexistent' }))
  expect(failure).toMatchObject({ host: 'w1', doing: 'connecting' })
})

test('a command that ends on a live connection without its host saying how: neither done nor failed, and told', async () => {
  const { server, target } = await reachable({ untold: (command) => command.includes('gone') })
  const host = await connectSsh(target, { acceptNew: false, pinFile: '/nonexistent' })
  onTestFinished(() => host.close())
  const running = host.exec({ command: ['sh', '-c', 'echo gone; echo why >&2'], doing: 'a test' })
  const { message, failure } = await failureOf(running)
  expect(message).toBe('w1 ended a command without saying how it went, while a test')
  expect(failure).toMatchObject({ host: 'w1', doing: 'a test', output: 'why\n' })
  expect((await host.exec({ command: ['echo', 'still'], doing: 'a test' })).stdout).toBe('still\n')
  expect(server.connected()).toBe(1)
})

test('Ctrl-C while a dead connection opens no channel any more: an end that was asked for, and no wait for keepalives', async () => {
  const { server, target } = await reachable()
  const host = await connectSsh(target, { acceptNew: false, pinFile: '/nonexistent' })
  onTestFinished(() => host.close())
  server.freeze()
  const stop = new AbortController()
  const running = host.exec({ command: ['true'], doing: 'a test', signal: stop.signal })
  setImmediate(() => stop.abort())
  await expect(running).rejects.toBeInstanceOf(Interrupted)
})
