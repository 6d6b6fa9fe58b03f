/**
 * A small client of the Kubernetes API over `node:https`. Takes a way to dial the API server (through the SSH connection, so no
 * port has to be open to the workstation), the CA to trust and a client certificate; gives requests, and errors with the
 * server's own words. Connections are kept alive: a tunnel channel is opened once, not once a request.
 */
import { Agent, request as httpsRequest } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect as tlsConnect } from 'node:tls'
import { apiTimeoutMs } from '../constants.ts'
import { Interrupted } from '../errors.ts'

export type ApiCredentials =
  | { readonly certPem: string; readonly keyPem: string }
  | { readonly token: string }
  | undefined

export type ApiOptions = {
  readonly dial: () => Promise<Duplex>
  /** undefined: the server is not trusted and its answer must be verified by other means (token discovery). */
  readonly caPem: string | undefined
  readonly credentials: ApiCredentials
  /** Ends whatever is being asked. */
  readonly signal?: AbortSignal | undefined
}

export type ApiMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

export type ApiRequest = {
  readonly body?: unknown
  readonly contentType?: string
}

export type ApiClient = {
  readonly request: <T>(method: ApiMethod, path: string, options?: ApiRequest) => Promise<T>
  /** The body as it came, for /readyz and the like. */
  readonly text: (path: string) => Promise<string>
  readonly close: () => void
}

/** The server answered, and the answer is no. `status` is the HTTP status, `message` the server's words. */
export class ApiError extends Error {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
  }
}

/** Somebody else has changed the object since it was read. */
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409

type Answer = { readonly status: number; readonly body: string }

/** The name in every API server certificate, whatever address it is dialled by. */
const serverName = 'kubernetes'

const tunnelAgent = (options: ApiOptions): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  agent.createConnection = (_options, callback) => {
    options.dial().then(
      (socket) => {
        const tls = tlsConnect({
          socket,
          servername: serverName,
          rejectUnauthorized: options.caPem !== undefined,
          // Whoever is named is trusted, also where another CA has issued it.
          ...(options.caPem === undefined ? {} : { ca: options.caPem, allowPartialTrustChain: true }),
          ...(options.credentials && 'certPem' in options.credentials
            ? { cert: options.credentials.certPem, key: options.credentials.keyPem }
            : {}),
        })
        callback?.(null, tls)
      },
      (error: Error) => callback?.(error, undefined as never),
    )
    return undefined as never
  }
  return agent
}

const send = (
  agent: Agent,
  options: ApiOptions,
  method: ApiMethod,
  path: string,
  { body, contentType = 'application/json' }: ApiRequest,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body)
    const headers: Record<string, string> = { Accept: 'application/json', 'User-Agent': 'slipway' }
    if (payload !== undefined) {
      headers['Content-Type'] = contentType
      headers['Content-Length'] = String(Buffer.byteLength(payload))
    }
    if (options.credentials && 'token' in options.credentials)
      headers['Authorization'] = `Bearer ${options.credentials.token}`
    const request = httpsRequest(
      {
        agent,
        method,
        path,
        headers,
        host: serverName,
        timeout: apiTimeoutMs,
        ...(options.signal ? { signal: options.signal } : {}),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
        response.on('error', reject)
      },
    )
    request.on('timeout', () =>
      request.destroy(new Error(`no answer to ${method} ${path} within ${apiTimeoutMs / 1000} s`)),
    )
    request.on('error', reject)
    request.end(payload)
  })

const serverMessage = (body: string): string => {
  try {
    const status = JSON.parse(body) as { message?: unknown }
    if (typeof status.message === 'string') return status.message
  } catch {
    // Not a Status object: the text itself is the best there is.
  }
  return body.trim().slice(0, 500)
}

/** What is no JSON is no API server's: a proxy in between says so in HTML. */
const parsed = (body: string, asked: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    throw new ApiError(200, `${asked}: no JSON: ${body.trim().slice(0, 500)}`)
  }
}

export const createApiClient = (options: ApiOptions): ApiClient => {
  const agent = tunnelAgent(options)
  const checked = async (method: ApiMethod, path: string, request: ApiRequest): Promise<string> => {
    const answer = await send(agent, options, method, path, request).catch((error: unknown) => {
      throw options.signal?.aborted ? new Interrupted() : error
    })
    if (answer.status >= 300)
      throw new ApiError(
        answer.status,
        `${method} ${path.split('?')[0]}: ${answer.status} ${serverMessage(answer.body)}`,
      )
    return answer.body
  }
  return {
    request: async <T>(method: ApiMethod, path: string, request: ApiRequest = {}) =>
      parsed(await checked(method, path, request), `${method} ${path}`) as T,
    text: (path) => checked('GET', path, {}),
    close: () => agent.destroy(),
  }
}
