/** Commands over SSH: what goes in, what comes out, and how they end. */
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { Interrupted } from '../../../src/errors.ts'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import type { Host } from '../../../src/host/types.ts'
import { reachable } from '../../support/ssh-target.ts'

const options = { acceptNew: false, pinFile: '/nonexistent' }

const connected = async () => {
  const { server, target } = await reachable()
  const host = await connectSsh(target, options)
  onTestFinished(() => host.close())
  return { host, server }
}

const run = (host: Host, script: string, more: Partial<Parameters<Host['exec']>[0]> = {}) =>
  host.exec({ command: ['sh', '-c', script], doing: 'a test', ...more })

test.each([0, 1, 3, 127, 255])('the exit code %i is the command’s own', async (code) => {
  const { host } = await connected()
  expect((await run(host, `exit ${code}`)).code).toBe(code)
})

test('a command that a signal ended is not one that succeeded', async () => {
  const { host } = await connected()
  expect((await run(host, 'kill -KILL $$')).code).toBeGreaterThanOrEqual(128)
})

test('stdout and stderr come apart, whole, also when the command ends at once', async () => {
  const { host } = await connected()
  const { stdout, stderr } = await run(host, 'seq 1 20000; echo oops >&2')
  expect(stdout.split('\n')).toHaveLength(20_001)
  expect(stderr).toBe('oops\n')
})

test('whatever an argument holds, the command gets it as it is', async () => {
  const { host } = await connected()
  const property = fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
    const sent = text.replaceAll('\0', '')
    const { stdout } = await host.exec({ command: ['printf', '%s', sent], doing: 'a test' })
    expect(stdout).toBe(Buffer.from(sent).toString())
  })
  await fc.assert(property, { numRuns: 30, examples: [['\'; echo "$HOME" `id` \\\n-n {}']] })
})

test('a quarter of a gigabyte of input arrives, and is never in memory as a whole', async () => {
  const { host } = await connected()
  const chunk = Buffer.alloc(1 << 20, 'x')
  const before = process.memoryUsage().rss
  const most = { rss: 0 }
  async function* input() {
    for (let sent = 0; sent < 256; sent++) {
      most.rss = Math.max(most.rss, process.memoryUsage().rss)
      yield chunk
    }
  }
  const { stdout } = await run(host, 'sleep 0.3; wc -c', { input: input() })
  expect(stdout.trim()).toBe(String(256 << 20))
  // The server is in this process as well: what both keep is bounded by windows, not by the input.
  expect((most.rss - before) / (1 << 20)).toBeLessThan(128)
})

test('a command that does not read its input ends when it ends', async () => {
  const { host } = await connected()
  expect((await run(host, 'exit 4', { input: Buffer.alloc(8 << 20) })).code).toBe(4)
})

test('an interrupt ends the command there, also in the middle of its input', async () => {
  const { host, server } = await connected()
  const stop = new AbortController()
  async function* endless() {
    for (;;) {
      yield Buffer.alloc(65_536)
      await sleep(1)
    }
  }
  const running = run(host, 'cat >/dev/null', { input: endless(), signal: stop.signal })
  while (server.running().length === 0) await sleep(10)
  stop.abort()
  await expect(running).rejects.toBeInstanceOf(Interrupted)
  while (server.running().length > 0) await sleep(10)
})

test('an interrupt while the channel is being opened is not lost', async () => {
  const { host, server } = await connected()
  const stop = new AbortController()
  const running = run(host, 'cat', { signal: stop.signal, holdInput: true })
  stop.abort()
  await expect(running).rejects.toBeInstanceOf(Interrupted)
  while (server.running().length > 0) await sleep(10)
})

test('what is interrupted before it begins is never sent', async () => {
  const { host, server } = await connected()
  const sent = server.commands.length
  await expect(run(host, 'true', { signal: AbortSignal.abort() })).rejects.toBeInstanceOf(Interrupted)
  expect(server.commands).toHaveLength(sent)
})

test('the path has the sbin directories, whatever the login has', async () => {
  const { host } = await connected()
  expect((await run(host, 'echo "$PATH"')).stdout).toContain('/usr/sbin')
})

test('a connection can be made from there', async () => {
  const { host, server } = await connected()
  const other = await reachable()
  const stream = await host.connect('127.0.0.1', other.server.port)
  const greeting = await new Promise<string>((resolve) => {
    stream.once('data', (data: Buffer) => resolve(data.toString()))
  })
  stream.destroy()
  expect(greeting).toMatch(/^SSH-2\.0/)
  expect(server.forwards()).toBe(1)
})

test('one that cannot be made is an error with the host and the address', async () => {
  const { host } = await connected()
  await expect(host.connect('127.0.0.1', 1)).rejects.toThrow(/w1 could not connect to 127.0.0.1:1/)
})

test('a hundred commands at once share one connection', async () => {
  const { host, server } = await connected()
  const results = await Promise.all(Array.from({ length: 100 }, (_, at) => run(host, `echo ${at}`)))
  expect(results.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 100 }, (_, at) => at))
  expect(server.logins).toHaveLength(1)
})
