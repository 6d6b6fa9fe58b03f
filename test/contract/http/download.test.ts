/** One file from a real server that misbehaves: it is there whole, with the digest that was promised, or it is not there. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { download } from '../../../src/bundle/http/download.ts'
import { sha256 } from '../../../src/bundle/oci.ts'
import { startServer } from '../../support/http-server.ts'
import { transportFor } from '../../support/registry-client.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const content = randomBytes(500_000)

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const fromOf = ({ headers }: IncomingMessage): number =>
  Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0)

/** As files are served: whole, or from an offset on. */
const serve =
  (bytes = content): Answer =>
  (request, response) => {
    const from = fromOf(request)
    if (from >= bytes.length) return void response.writeHead(416).end()
    const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`
    if (from > 0) response.writeHead(206, { 'content-range': range })
    response.end(bytes.subarray(from))
  }

/** Each answers once, and the last one from then on. */
const inTurn = (...answers: readonly Answer[]): Answer => {
  let turn = 0
  return (request, response) => {
    const answer = answers[Math.min(turn, answers.length - 1)]
    turn += 1
    answer?.(request, response)
  }
}

const cutAfter =
  (count: number, bytes = content): Answer =>
  (request, response) => {
    const from = fromOf(request)
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': bytes.length - from,
      ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    })
    response.write(bytes.subarray(from, from + count), () => setImmediate(() => response.destroy()))
  }

const fetchFrom = async (answer: Answer, target: string, more: { readonly size?: number } = {}) => {
  const { origin, ranges } = await startServer(answer)
  const transport = await transportFor()
  const url = new URL('/file', origin)
  const downloading = download({
    what: 'the file',
    digest: sha256(content),
    target,
    patience: transport.patience,
    get: (headers) => transport.send({ method: 'GET', url, headers }),
    ...more,
  })
  return {
    ranges,
    ended: downloading.then(
      () => undefined,
      (error: unknown) => error,
    ),
  }
}

const placeFor = (): string => join(scratchDirectory('download'), 'in', 'file')

/** Nothing else lies about either. */
const expectWhole = (target: string): void => {
  expect(sha256(readFileSync(target))).toBe(sha256(content))
  expect(readdirSync(dirname(target))).toEqual(['file'])
}

test.each([
  ['all at once', serve()],
  ['in pieces, with the line cut between', inTurn(cutAfter(100_000), cutAfter(200_000), serve())],
  [
    'cut again and again, as long as something comes',
    inTurn(...Array.from({ length: 9 }, () => cutAfter(50_000)), serve()),
  ],
  [
    'by a server that starts over, whatever it is asked',
    inTurn(cutAfter(100_000), (_, response) => response.end(content)),
  ],
  [
    'by a server that sends another part than it was asked for',
    inTurn(
      cutAfter(100_000),
      (_, response) =>
        response.writeHead(206, { 'content-range': 'bytes 5-499999/500000' }).end(content.subarray(5)),
      serve(),
    ),
  ],
  [
    'of a server that ends too early, without saying',
    inTurn((_, response) => response.end(content.subarray(0, 1000)), serve()),
  ],
])('a file comes %s', async (_how, answer) => {
  const target = placeFor()
  const { ended } = await fetchFrom(answer, target, { size: content.length })
  expect(await ended).toBeUndefined()
  expectWhole(target)
})

test('what another run left is gone on with, when that run has ended', async () => {
  const target = placeFor()
  mkdirSync(dirname(target), { recursive: true })
  // No process has this number: Linux gives none above 2^22.
  writeFileSync(join(dirname(target), `.file.${2 ** 22 + 1}.part`), content.subarray(0, 123_456))
  const { ended, ranges } = await fetchFrom(serve(), target)
  expect(await ended).toBeUndefined()
  expect(ranges).toEqual(['bytes=123456-'])
  expectWhole(target)
})

test('what a run that is still going has is left to it', async () => {
  const target = placeFor()
  mkdirSync(dirname(target), { recursive: true })
  const [others, running] = [`.file.${process.ppid}.part`, content.subarray(0, 1000)]
  writeFileSync(join(dirname(target), others), running)
  const { ended, ranges } = await fetchFrom(serve(), target)
  expect(await ended).toBeUndefined()
  expect(ranges).toEqual([undefined])
  expect(readFileSync(join(dirname(target), others))).toEqual(running)
})

test.each([
  ['of another file', randomBytes(1000)],
  ['of another file, longer than this one', randomBytes(600_000)],
])('what was left %s is thrown away, and the file comes whole', async (_what, left) => {
  const target = placeFor()
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(join(dirname(target), `.file.${2 ** 22 + 1}.part`), left)
  const { ended } = await fetchFrom(serve(), target, { size: content.length })
  expect(await ended).toBeUndefined()
  expectWhole(target)
})

test.each([
  ['other bytes', serve(randomBytes(500_000)), 'is not what was published'],
  [
    'more than there should be',
    serve(Buffer.concat([content, randomBytes(100)])),
    'is not what was published',
  ],
  [
    'an error',
    (_: IncomingMessage, response: ServerResponse) => void response.writeHead(404).end(),
    'answers 404',
  ],
])('%s instead: nothing is kept, and it says so', async (_what, answer, words) => {
  const target = placeFor()
  const { ended } = await fetchFrom(answer, target, { size: content.length })
  expect(await ended).toMatchObject({ message: expect.stringContaining(words) })
  expect(existsSync(target)).toBe(false)
  const kept = readdirSync(dirname(target)).filter(
    (file) => readFileSync(join(dirname(target), file)).length > 0,
  )
  expect(kept).toEqual([])
})

test('a server that never stops is not listened to for longer than the file is', async () => {
  const target = placeFor()
  let isOver = false
  const endless: Answer = (_, response) => {
    response.on('close', () => {
      isOver = true
    })
    const more = (): void => {
      while (!isOver && response.write(Buffer.alloc(100_000)));
      if (!isOver) response.once('drain', more)
    }
    more()
  }
  const { ended } = await fetchFrom(endless, target, { size: content.length })
  expect(await ended).toMatchObject({ message: expect.stringContaining('the file') })
  expect(existsSync(target)).toBe(false)
})

test('what is there already is not asked for', async () => {
  const target = placeFor()
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
  const { ended, ranges } = await fetchFrom(serve(), target)
  expect(await ended).toBeUndefined()
  expect(ranges).toEqual([])
})
