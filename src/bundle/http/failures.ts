/** Words for what goes wrong on the way to a server. Takes errors and answers; gives UserErrors with what to do. */
import { errorMessage, exitCodes, UserError } from '../../errors.ts'
import { type Environment, proxyFor, proxyName } from './proxy-choice.ts'
import { type HttpResponse, readBody } from './request.ts'

const untrusted = [
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
]

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** A wrong certificate or name does not become right by trying again. */
export const isHopeless = (error: unknown): boolean =>
  error instanceof UserError ||
  untrusted.includes(codeOf(error)) ||
  /CERT|^ERR_TLS|^ERR_SSL|^ENOTFOUND$/.test(codeOf(error))

/** What a server of plain HTTP looks like to somebody who speaks TLS. */
const notTls = ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']

const reasonOf = (error: unknown): string => {
  if (notTls.includes(codeOf(error))) return 'it does not speak TLS'
  // OpenSSL's message is a line of its log; the reason is in it.
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined
  return typeof reason === 'string' && codeOf(error).startsWith('ERR_SSL') ? reason : errorMessage(error)
}

const hintFor = (error: unknown, proxy: URL | undefined): string => {
  const code = codeOf(error)
  if (untrusted.includes(code)) return 'if its CA is a private one, name its certificate: --ca-file FILE'
  if (notTls.includes(code)) return 'if plain HTTP is meant, write http:// before its name'
  if (/CERT|TLS|SSL/.test(code)) return 'call the server by a name that its certificate is for'
  if (proxy) return 'HTTPS_PROXY, HTTP_PROXY and NO_PROXY of the environment say which way is taken'
  return 'look at its name and port; set HTTPS_PROXY where a proxy is the way out. Bundles can be made without it: --source mirror, go or dir'
}

export const unreachable = (url: URL, environment: Environment, cause: unknown): UserError => {
  if (cause instanceof UserError) return cause
  const proxy = proxyFor(url, environment)
  const by = proxy ? ` through the proxy ${proxyName(proxy)}` : ''
  return new UserError(`cannot reach ${url.host}${by}: ${reasonOf(cause)}`, {
    hint: hintFor(cause, proxy),
    exitCode: exitCodes.failed,
    cause,
  })
}

/** Errors of registries are JSON with a message; others may be a page of HTML, which tells nobody anything. */
const reasonIn = async (response: HttpResponse): Promise<string> => {
  try {
    const text = await readBody(response, 65_536)
    const { errors } = JSON.parse(text.toString()) as {
      readonly errors?: readonly { readonly code?: string; readonly message?: string }[]
    }
    const [first] = errors ?? []
    return first ? `: ${first.message ?? first.code ?? ''}`.slice(0, 300) : ''
  } catch {
    return ''
  }
}

const statusHints: Readonly<Record<number, string>> = {
  401: 'log in first: docker login, whose configuration file is read here, too',
  403: 'the account must be allowed to do that; docker login names another',
  404: 'look at the name, and that this version has been published or pushed there',
  407: 'put the user into the URL of the proxy: http://USER:PASSWORD@HOST:PORT',
  413: 'the server, or a proxy before it, takes no upload of that size: raise its limit',
  429: 'the server counts requests: come back later, or log in first (docker login)',
}

/** Queries stay out of messages: those of redirects are signatures that let in whoever has them. */
export const refused = async (doing: string, response: HttpResponse): Promise<UserError> => {
  const { status, url } = response
  return new UserError(`${doing}: ${url.host} answers ${status}${await reasonIn(response)}`, {
    hint:
      statusHints[status] ??
      `it was asked for ${url.origin}${url.pathname}; when that works again, run this again`,
    exitCode: exitCodes.failed,
  })
}
