/**
 * Gives out tokens that docker-registry believes in (RFC 7519, signed with a key that it was told of). Takes whom to let in; gives its
 * address and what it was asked. Loopback only; it ends with the test.
 */
import { randomUUID, sign, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import type { RegistryShape } from './registry.ts'
import { serverCertificate } from './server-certificate.ts'

export type TokenQuestion = {
  readonly method: string
  readonly authorization: string | undefined
  readonly scopes: readonly string[]
  readonly refreshToken: string | null
}

export type TokenServer = {
  readonly questions: readonly TokenQuestion[]
  /** For a registry that believes in it. */
  readonly tokens: NonNullable<RegistryShape['tokens']>
}

const [issuer, service] = ['test tokens', 'test registry']

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** `repository:a/b:pull,push` */
const accessOf = (scope: string) => {
  const [type = '', name = '', actions = ''] = scope.split(':')
  return { type, name, actions: actions.split(',') }
}

const tokenFor = (scopes: readonly string[], certificate: string, key: string): string => {
  const now = Math.floor(Date.now() / 1000)
  const header = {
    typ: 'JWT',
    alg: 'ES256',
    x5c: [new X509Certificate(readFileSync(certificate)).raw.toString('base64')],
  }
  const claims = {
    ...{ iss: issuer, aud: service, sub: 'somebody', jti: randomUUID() },
    ...{ iat: now, nbf: now - 10, exp: now + 300 },
    access: scopes.map(accessOf),
  }
  const content = `${encoded(header)}.${encoded(claims)}`
  const signature = sign('sha256', Buffer.from(content), {
    key: readFileSync(key, 'utf8'),
    dsaEncoding: 'ieee-p1363',
  })
  return `${content}.${signature.toString('base64url')}`
}

const questionIn = async (incoming: IncomingMessage): Promise<TokenQuestion> => {
  const { method = '', url = '/', headers } = incoming
  const form = new URLSearchParams(await text(incoming))
  const asked = new URL(url, 'http://any').searchParams
  // Several are several parameters in a question, and words with blanks between in a form (distribution's auth/token and auth/oauth).
  const scopes = [...asked.getAll('scope'), ...(form.get('scope')?.split(' ') ?? [])]
  const refreshToken = form.get('refresh_token')
  return { method, authorization: headers.authorization, scopes, refreshToken }
}

export const startTokenServer = async (
  letsIn: (question: TokenQuestion) => boolean = () => true,
): Promise<TokenServer> => {
  const { ca, certificate, key } = serverCertificate()
  const questions: TokenQuestion[] = []
  const server = createServer(async (incoming, outgoing) => {
    const question = await questionIn(incoming)
    questions.push(question)
    const token = tokenFor(question.scopes, certificate, key)
    if (letsIn(question)) outgoing.end(JSON.stringify({ token }))
    else outgoing.writeHead(401).end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'who?' }] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const realm = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  return { questions, tokens: { realm, service, issuer, certificate: ca } }
}
