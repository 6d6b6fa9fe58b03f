/** Round trips: a phase costs a host one exec channel, or two, however many steps it has. Counted by the server. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { connectSsh } from '../../../src/host/ssh-host.ts'
import type { BinaryStep, Step } from '../../../src/plan/types.ts'
import { survey } from '../../../src/run/survey.ts'
import { doTask, type TaskContext } from '../../../src/run/tasks.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { reachable } from '../../support/ssh-target.ts'

const content = Buffer.from('#!/bin/sh\n')
const packed = gzipSync(content)
const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const blobs = { read: () => Readable.from([packed]) }

/** A step of every kind that needs no daemon, under a directory of the test's own. */
const stepsIn = (root: string, at: number): readonly Step[] => [
  { kind: 'directory', id: `d${at}`, title: 'd', path: join(root, `d${at}`), mode: 0o755 },
  {
    kind: 'file',
    id: `f${at}`,
    title: 'f',
    path: join(root, `d${at}/f`),
    mode: 0o600,
    content: 'f',
    secret: true,
  },
  { kind: 'link', id: `l${at}`, title: 'l', path: join(root, `l${at}`), target: `d${at}` },
  { kind: 'block', id: `b${at}`, title: 'b', path: join(root, `b${at}`), marker: 'm', content: 'b\n' },
  {
    kind: 'shell',
    id: `s${at}`,
    title: 's',
    probe: '[ -e "$1" ]',
    change: ': >"$1"',
    args: [join(root, `s${at}`)],
  },
]

const binaryIn = (root: string): BinaryStep => ({
  kind: 'binary',
  id: 'binary',
  title: 'binary',
  path: join(root, 'binary'),
  mode: 0o755,
  sha256: hash(content),
  size: content.length,
  blob: { digest: `sha256:${hash(packed)}`, size: packed.length },
})

const counting = async (steps: readonly Step[]) => {
  const { server, target, pinFile } = await reachable()
  const host = await connectSsh(target, { acceptNew: false, pinFile })
  onTestFinished(() => host.close())
  const context: TaskContext = {
    phase: 'runtime',
    host,
    api: () => Promise.reject(new Error('no API here')),
    blobs,
    emit: () => undefined,
    connected: new Set(),
    surveyed: () => undefined,
    wait: () => Promise.resolve(),
  }
  const before = server.commands.length
  return {
    host,
    channels: () => server.commands.length - before,
    run: (surveyed: TaskContext['surveyed'] = () => undefined) =>
      doTask({ kind: 'steps', steps }, { ...context, surveyed }),
  }
}

const many = (root: string, count: number) =>
  Array.from({ length: count }, (_, at) => stepsIn(root, at)).flat()

test.each([1, 100])('%i times five steps that carry nothing: one channel', async (count) => {
  const { run, channels } = await counting(many(scratchDirectory('phase'), count))
  expect(await run()).toMatchObject({ changed: count * 5, unchanged: 0 })
  expect(channels()).toBe(1)
})

test.each([1, 100])(
  'the same with a binary to send: two, of which the first says what is missing',
  async (count) => {
    const root = scratchDirectory('phase')
    const { run, channels } = await counting([...many(root, count), binaryIn(root)])
    expect(await run()).toMatchObject({ changed: count * 5 + 1 })
    expect(channels()).toBe(2)
  },
)

test('what was looked at before the run is not asked for again', async () => {
  const root = scratchDirectory('phase')
  const steps = [...many(root, 20), binaryIn(root)]
  const { host, run, channels } = await counting(steps)
  const plan = {
    phases: [
      {
        phase: 'runtime',
        title: 'runtime',
        hosts: [{ host: host.name, needs: [], tasks: [{ kind: 'steps' as const, steps }] }],
      },
    ],
  }
  const looked = (await survey(plan, [host])).get(host.name)
  expect(channels()).toBe(1)
  expect(await run(() => looked)).toMatchObject({ changed: 101 })
  expect(channels()).toBe(2)

  const again = (await survey(plan, [host])).get(host.name)
  expect(await run(() => again)).toMatchObject({ changed: 0, unchanged: 101 })
  expect(channels()).toBe(3)
})
