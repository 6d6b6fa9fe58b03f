/**
 * The way to servers. Takes an environment (proxies), a file of further CAs and how patient to be; gives a value that sends
 * requests: what is worth another attempt is tried again, and redirects are followed without telling others the password.
 */
import { readFile } from 'node:fs/promises'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { UserError } from '../../errors.ts'
import { type Agents, makeAgents } from './agents.ts'
import { isHopeless, refused, unreachable } from './failures.ts'
import { type Patience, retryAfterMs, usualPatience, waitOrThrow } from './patience.ts'
import type { Environment } from './proxy-choice.ts'
import { discard, type Headers, type HttpRequest, type HttpResponse, sendOnce } from './request.ts'

export type TransportOptions = {
  readonly environment: Environment
  /** PEM. Trusted besides those of the system and of NODE_EXTRA_CA_CERTS. */
  readonly caFile?: string | undefined
  readonly patience?: Patience
}

export type Transport = {
  readonly patience: Patience
  /** Resolves with whatever answer is no reason to try again; rejects with a UserError. */
  readonly send: (request: HttpRequest) => Promise<HttpResponse>
  readonly close: () => void
}

/** The server's trouble of the moment; 501 and 505 will be the same tomorrow. */
export const isPassing = (status: number): boolean => [408, 425, 429, 500, 502, 503, 504].includes(status)

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status)
const mostRedirects = 5

const secrets = ['authorization', 'cookie']

const withoutSecrets = (headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !secrets.includes(name.toLowerCase())))

/** Another scheme, name or port is somebody else, who gets no credentials (as the Fetch standard has it). */
const redirected = (request: HttpRequest, { headers, url }: HttpResponse): HttpRequest | undefined => {
  const { location } = headers
  if (location === undefined || !URL.canParse(location, url.href)) return undefined
  const next = new URL(location, url)
  if (next.protocol !== 'https:' && next.protocol !== url.protocol) return undefined
  if (next.origin === url.origin) return { ...request, url: next }
  return { ...request, url: next, headers: withoutSecrets(request.headers ?? {}) }
}

const readCaFile = async (caFile: string): Promise<string> => {
  const pem = await readFile(caFile, 'utf8').catch((cause: unknown) => {
    throw new UserError(`cannot read the CA file ${caFile}`, { cause, hint: 'look at --ca-file' })
  })
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  throw new UserError(`${caFile} holds no certificate`, { hint: '--ca-file takes certificates as PEM' })
}

const trustOf = async (caFile: string | undefined): Promise<SecureContext> => {
  const own = caFile === undefined ? [] : [await readCaFile(caFile)]
  return createSecureContext({ ca: [...getCACertificates('default'), ...own] })
}

type Sending = {
  readonly agents: Agents
  readonly environment: Environment
  readonly patience: Patience
}

/** One attempt: an answer to go on with, or why there is none and when to come back. */
type Attempt =
  | { readonly kind: 'answered'; readonly response: HttpResponse }
  | { readonly kind: 'failed'; readonly failure: UserError; readonly asked?: number | undefined }

const attemptTo = async ({ agents, environment }: Sending, request: HttpRequest): Promise<Attempt> => {
  try {
    const response = await sendOnce(agents, environment, request)
    if (request.once || !isPassing(response.status)) return { kind: 'answered', response }
    const asked = retryAfterMs(response.headers['retry-after'], new Date())
    const failure = await refused(`${request.method} ${request.url.pathname}`, response)
    return { kind: 'failed', failure, asked }
  } catch (error) {
    const failure = unreachable(request.url, environment, error)
    if (request.once || isHopeless(error)) throw failure
    return { kind: 'failed', failure }
  }
}

const sendPatiently = async (sending: Sending, request: HttpRequest): Promise<HttpResponse> => {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptTo(sending, request)
    if (outcome.kind === 'answered') return outcome.response
    await waitOrThrow(sending.patience, attempt, outcome)
  }
}

const sendFollowing = async (sending: Sending, first: HttpRequest): Promise<HttpResponse> => {
  let request = first
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await sendPatiently(sending, request)
    const follows = ['GET', 'HEAD'].includes(request.method) && isRedirect(response.status)
    const next = follows ? redirected(request, response) : undefined
    if (!next) return response
    discard(response)
    request = next
  }
  throw new UserError(`${first.url.host} sends from one place to the next, and never to what is asked for`, {
    hint: `look at ${first.url.origin}${first.url.pathname} with curl -L`,
  })
}

export const openTransport = async (options: TransportOptions): Promise<Transport> => {
  const { environment, caFile, patience = usualPatience } = options
  const agents = makeAgents({ environment, trust: await trustOf(caFile) })
  return {
    patience,
    send: (request) => sendFollowing({ agents, environment, patience }, request),
    close: () => {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}
