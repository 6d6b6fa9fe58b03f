/**
 * A server before another one, which does to requests what networks and busy servers do. Takes where it leads to and a rule; gives its
 * address. What the rule says nothing about is passed on as it is. Loopback only; it ends with the test.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { onTestFinished } from 'vitest'

export type Happening =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** The connection breaks after so many bytes of the body: of the answer's or of the request's. */
  | { readonly kind: 'cut'; readonly of: 'answer' | 'request'; readonly after: number }
  /** The request arrives, the answer does not. */
  | { readonly kind: 'lose' }
  /** Nothing more comes after so many bytes of the answer's body, and the connection stays. */
  | { readonly kind: 'stop'; readonly after: number }
  /** The answer's body with other bytes in it, and as many. */
  | { readonly kind: 'spoil' }

export type Asked = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
}

export type Rule = (asked: Asked) => Happening | undefined

/** Lets so many bytes pass, and then says that it is over. */
const limited = (after: number, isOver: (done: (error: Error) => void) => void): Transform => {
  let left = after
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      this.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left > 0) done()
      else isOver(done)
    },
  })
}

/** What is before the cut arrives: the next tick, not this one. */
const cutting = (after: number) => limited(after, (done) => setImmediate(() => done(new Error('cut'))))
const stopping = (after: number) => limited(after, () => undefined)

const spoiling = (): Transform =>
  new Transform({
    transform: (chunk: Buffer, _encoding, done) =>
      done(
        null,
        chunk.map((byte) => byte ^ 1),
      ),
  })

const asIs = (): Transform => new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) })

const onRequest = (happening: Happening | undefined): Transform =>
  happening?.kind === 'cut' && happening.of === 'request' ? cutting(happening.after) : asIs()

const onAnswer = (happening: Happening | undefined): Transform => {
  if (happening?.kind === 'cut' && happening.of === 'answer') return cutting(happening.after)
  if (happening?.kind === 'stop') return stopping(happening.after)
  return happening?.kind === 'spoil' ? spoiling() : asIs()
}

const pass = async (
  to: URL,
  [incoming, outgoing]: readonly [IncomingMessage, ServerResponse],
  happening: Happening | undefined,
): Promise<void> => {
  const { method, url = '/', headers } = incoming
  const upstream = request(new URL(url, to), { method, headers })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    upstream.on('response', resolve)
    upstream.on('error', reject)
  })
  const sent = pipeline(incoming, onRequest(happening), upstream)
  const [answer] = await Promise.all([answered, sent])
  if (happening?.kind === 'lose') throw new Error('lost')
  outgoing.writeHead(answer.statusCode ?? 0, answer.headers).flushHeaders()
  await pipeline(answer, onAnswer(happening), outgoing)
}

export const startFront = async (to: URL, rule: Rule): Promise<{ readonly origin: URL }> => {
  const server = createServer((incoming, outgoing) => {
    const { socket } = incoming
    const { method = '', url: path = '', headers } = incoming
    const happening = rule({ method, path, headers })
    if (happening?.kind === 'answer') {
      incoming.resume()
      outgoing.writeHead(happening.status, happening.headers).end(happening.body ?? '')
      return
    }
    pass(to, [incoming, outgoing], happening).catch(() => socket.resetAndDestroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`) }
}
