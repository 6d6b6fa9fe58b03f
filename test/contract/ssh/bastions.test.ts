/** From inside another host: the whole way, each host key on it checked, and one login a bastion however many are behind it. */
import { expect, onTestFinished, test } from 'vitest'
import { HostError } from '../../../src/errors.ts'
import { connectHosts } from '../../../src/host/connect-all.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import type { SshTarget } from '../../../src/host/ssh-target.ts'
import { reachable } from '../../support/ssh-target.ts'

const options = { acceptNew: false, pinFile: '/nonexistent' }

const answerOf = async (target: SshTarget): Promise<string> => {
  const host = await connectSsh(target, options)
  onTestFinished(() => host.close())
  return (await host.exec({ command: ['echo', 'in'], doing: 'a test' })).stdout
}

const refusal = async (target: SshTarget): Promise<HostError> => {
  const error: unknown = await answerOf(target).catch((reason: unknown) => reason)
  if (error instanceof HostError) return error
  throw new Error(`expected a HostError, got ${String(error)}`)
}

/** Bastions, each reached through the one before it; `way` leads through all of them. */
const chain = async (length: number) => {
  const names = Array.from({ length }, (_, at) => `bastion${at}`)
  const bastions = await Promise.all(names.map((name) => reachable({}, { name })))
  const way = bastions.reduce<SshTarget | undefined>(
    (before, { target }) => ({ ...target, bastion: before }),
    undefined,
  )
  return { servers: bastions.map(({ server }) => server), way }
}

test.each([1, 3])('through %i of them', async (length) => {
  const [behind, { servers, way }] = [await reachable(), await chain(length)]
  expect(await answerOf({ ...behind.target, bastion: way })).toBe('in\n')
  expect(servers.map((server) => server.forwards())).toEqual(servers.map(() => 1))
})

test('each shows a key that is known, or nobody goes on', async () => {
  const [behind, { servers, way }] = [await reachable(), await chain(2)]
  const stranger = way && { ...way, knownHostsFiles: [] }
  const { message } = await refusal({ ...behind.target, bastion: stranger })
  expect(message).toContain('the host key of bastion1 (ops@127.0.0.1')
  expect(behind.server.logins).toEqual([])
  await expect.poll(() => servers.map((server) => server.connected())).toEqual([0, 0])
})

test('all are let go again when the host behind them cannot be used', async () => {
  const [behind, { servers, way }] = [await reachable({ authorized: [] }), await chain(2)]
  await refusal({ ...behind.target, bastion: way })
  await refusal({ ...behind.target, port: 1, bastion: way })
  expect(servers.map(({ logins }) => logins.length)).toEqual([2, 2])
  await expect.poll(() => servers.map((server) => server.connected())).toEqual([0, 0])
})

test('fifty hosts behind one: a single login there, which lasts until the last of them is let go', async () => {
  const [{ target }, { servers, way }] = [await reachable(), await chain(2)]
  const many = Array.from({ length: 50 }, (_, at) => ({ ...target, name: `w${at}`, bastion: way }))
  const hosts = [...(await connectHosts(many, options)).values()]
  expect(servers.map(({ logins }) => logins.length)).toEqual([1, 1])
  expect(servers.map((server) => server.forwards())).toEqual([1, 50])
  const [last, ...others] = hosts
  for (const host of others) {
    await host.close()
    await host.close()
  }
  expect((await last?.exec({ command: ['echo', 'in'], doing: 'a test' }))?.stdout).toBe('in\n')
  await last?.close()
  await expect.poll(() => servers.map((server) => server.connected())).toEqual([0, 0])
})

test('fifty hosts behind one that lets nobody in: one failure, not fifty', async () => {
  const [{ target }, closed] = [await reachable(), await reachable({ authorized: [] }, { name: 'bastion' })]
  const many = Array.from({ length: 50 }, (_, at) => ({ ...target, name: `w${at}`, bastion: closed.target }))
  const error: unknown = await connectHosts(many, options).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(AggregateError)
  const { message, errors } = error as AggregateError
  expect(message).toBe('50 of 50 hosts cannot be used')
  expect(errors.map((each: HostError) => each.message)).toEqual([
    expect.stringContaining('bastion (ops@127.0.0.1'),
  ])
})
