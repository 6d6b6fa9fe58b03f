/** One request and its answer. Takes what to send; gives status, headers and a body that comes as a stream. */
import { type IncomingHttpHeaders, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Agents, isForwarded } from './agents.ts'
import { type Environment, proxyAuthorization, proxyFor } from './proxy-choice.ts'

export type Headers = Readonly<Record<string, string>>

/** What is sent along. It is opened anew for every attempt. */
export type Body = { readonly size: number; readonly open: () => Readable }

export type HttpRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH'
  readonly url: URL
  readonly headers?: Headers
  readonly body?: Body
  /** The caller knows better how to go on after a failure than to send the same again. */
  readonly once?: boolean
}

export type HttpResponse = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Who asked has to read or to discard it: until then its connection is not free. */
  readonly body: IncomingMessage
  readonly url: URL
}

/** Between two bytes. Registries that put a large blob away are silent for a while before they answer. */
const silenceMs = 60_000

const headersOf = ({ headers, body }: HttpRequest): Headers => ({
  'user-agent': 'slipway',
  accept: '*/*',
  ...(body && { 'content-length': String(body.size) }),
  ...headers,
})

export const sendOnce = async (
  agents: Agents,
  environment: Environment,
  asked: HttpRequest,
): Promise<HttpResponse> => {
  const { method, url } = asked
  const proxy = proxyFor(url, environment)
  const forwarder = proxy && isForwarded(url, proxy) ? proxy : undefined
  const secure = url.protocol === 'https:'
  const request = (secure ? secureRequest : plainRequest)(url, {
    method,
    agent: secure ? agents.https : agents.http,
    headers: { ...headersOf(asked), ...(forwarder && proxyAuthorization(forwarder)) },
    ...(forwarder && { path: url.href }),
  })
  request.setTimeout(silenceMs, () => request.destroy(new Error(`silent for ${silenceMs / 1000} s`)))
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.on('response', resolve)
    request.on('error', reject)
  })
  // A server may answer, and refuse, before it has taken everything: then its answer counts.
  if (asked.body) pipeline(asked.body.open(), request).catch((error: Error) => request.destroy(error))
  else request.end()
  const body = await answered
  return { status: body.statusCode ?? 0, headers: body.headers, body, url }
}

/** Small answers: documents, checksums, what an error says. */
export const readBody = async ({ body, url }: HttpResponse, limit: number): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw new Error(`${url.pathname} is larger than the ${limit} bytes that it may have`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Lets the connection go on to the next request. */
export const discard = ({ body }: HttpResponse): void => {
  body.on('error', () => undefined)
  body.resume()
}
