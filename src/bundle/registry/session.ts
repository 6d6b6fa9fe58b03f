/**
 * Requests to a registry with whatever it wants shown: nothing, a password, or a token that somebody else gives out. Takes a
 * transport and a way to credentials; gives a value that sends. A token is asked for when the registry asks, kept, and renewed once
 * when it has expired.
 */
import { exitCodes, UserError } from '../../errors.ts'
import { discard, type HttpRequest, type HttpResponse } from '../http/request.ts'
import type { Transport } from '../http/transport.ts'
import { type Challenge, parseChallenge } from './challenge.ts'
import type { Credentials } from './docker-credentials.ts'
import { basicAuthorization, fetchToken } from './token.ts'

export type RegistryOptions = {
  readonly transport: Transport
  /** `https://registry.k8s.io` */
  readonly origin: URL
  /** Asked for when the registry wants some. */
  readonly credentials: () => Promise<Credentials | undefined>
}

export type RegistrySession = {
  readonly origin: URL
  readonly transport: Transport
  /** `scope`: what it is for, as token servers have it: `repository:pause:pull`. */
  readonly send: (scope: string, request: HttpRequest) => Promise<HttpResponse>
}

const authorizationFor = async (
  { origin, transport, credentials }: RegistryOptions,
  challenge: Challenge,
  scope: string,
): Promise<string> => {
  const known = await credentials()
  if (challenge.kind === 'bearer')
    return fetchToken({ origin, transport, credentials: known }, challenge, scope)
  if (known?.kind === 'password') return basicAuthorization(known)
  throw new UserError(`${origin.host} wants a login`, {
    hint: `docker login ${origin.host} (its configuration file is read here, too; DOCKER_CONFIG names its folder)`,
    exitCode: exitCodes.failed,
  })
}

/** Of the registry itself alone: whoever it sends to may not name the place that passwords go to. */
const challengeIn = ({ status, url, headers }: HttpResponse, origin: URL): Challenge | undefined =>
  status === 401 && url.origin === origin.origin ? parseChallenge(headers['www-authenticate']) : undefined

export const openSession = (options: RegistryOptions): RegistrySession => {
  const { origin, transport } = options
  const authorizations = new Map<string, string>()
  const sendWith = (scope: string, request: HttpRequest): Promise<HttpResponse> => {
    const authorization = authorizations.get(scope)
    // Uploads may be sent to another host, which gets no credentials.
    if (authorization === undefined || request.url.origin !== origin.origin) return transport.send(request)
    return transport.send({ ...request, headers: { ...request.headers, authorization } })
  }
  return {
    origin,
    transport,
    send: async (scope, request) => {
      const response = await sendWith(scope, request)
      const challenge = challengeIn(response, origin)
      if (!challenge) return response
      discard(response)
      authorizations.set(scope, await authorizationFor(options, challenge, scope))
      return sendWith(scope, request)
    },
  }
}
