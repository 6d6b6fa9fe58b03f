/**
 * Tokens (docker's token authentication, which all public registries use). Takes a registry's challenge and maybe credentials; gives
 * the value of an Authorization header.
 */
import { Readable } from 'node:stream'
import { z } from 'zod'
import { exitCodes, UserError } from '../../errors.ts'
import { refused } from '../http/failures.ts'
import { type HttpRequest, type HttpResponse, readBody } from '../http/request.ts'
import type { Transport } from '../http/transport.ts'
import type { Challenge } from './challenge.ts'
import type { Credentials } from './docker-credentials.ts'

export type TokenOptions = {
  readonly origin: URL
  readonly transport: Transport
  readonly credentials: Credentials | undefined
}

type Bearer = Extract<Challenge, { kind: 'bearer' }>

export const basicAuthorization = ({ user, password }: Extract<Credentials, { kind: 'password' }>): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/** OAuth 2's POST, for logins that gave a refresh token instead of a password. */
const exchange = (url: URL, token: string, service: string, scope: string): HttpRequest => {
  const form = { grant_type: 'refresh_token', client_id: 'slipway', service, scope, refresh_token: token }
  const bytes = Buffer.from(new URLSearchParams(form).toString())
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: { size: bytes.length, open: () => Readable.from([bytes]) },
  }
}

const tokenRequest = (
  url: URL,
  { service = '', scope: asked }: Bearer,
  wanted: string,
  credentials: Credentials | undefined,
): HttpRequest => {
  const scope = asked ?? wanted
  if (credentials?.kind === 'refresh-token') return exchange(url, credentials.token, service, scope)
  const question = new URL(url)
  if (service !== '') question.searchParams.set('service', service)
  for (const each of scope.split(' ')) question.searchParams.append('scope', each)
  const headers = credentials && { authorization: basicAuthorization(credentials) }
  return { method: 'GET', url: question, ...(headers && { headers }) }
}

/** The password goes there: a registry that is reached by TLS may not send it over a plain line. */
const safeRealm = (realm: string, origin: URL): URL => {
  const url = URL.canParse(realm, origin.href) ? new URL(realm, origin) : undefined
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && origin.protocol === 'http:')) return url
  throw new UserError(`${origin.host} names no safe place to get a token from: ${realm}`, {
    hint: 'the realm that the registry is configured with has to be an https URL',
    exitCode: exitCodes.failed,
  })
}

const longestAnswer = 1 << 20
const answer = z.object({ token: z.string().optional(), access_token: z.string().optional() })

const tokenIn = async (response: HttpResponse): Promise<string | undefined> => {
  try {
    const text = (await readBody(response, longestAnswer)).toString()
    const { token, access_token } = answer.parse(JSON.parse(text))
    return token ?? access_token
  } catch {
    // Without the cause: what it said may be a token.
    return undefined
  }
}

export const fetchToken = async (
  { origin, transport, credentials }: TokenOptions,
  challenge: Bearer,
  scope: string,
): Promise<string> => {
  const url = safeRealm(challenge.realm, origin)
  const response = await transport.send(tokenRequest(url, challenge, scope, credentials))
  if (response.status !== 200) throw await refused(`cannot log in to ${origin.host}`, response)
  const token = await tokenIn(response)
  if (token) return `Bearer ${token}`
  throw new UserError(`${url.host} gives no token for ${origin.host}`, {
    hint: `look at what it answers: ${url.origin}${url.pathname}`,
    exitCode: exitCodes.failed,
  })
}
