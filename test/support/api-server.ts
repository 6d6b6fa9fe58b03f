/** An API server as far as a client can tell: HTTPS with the certificate that kubeadm gives it. Takes its CA and what it answers. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type ApiClient, type ApiOptions, createApiClient } from '../../src/api/client.ts'
import { validityFor } from '../../src/pki/certificate.ts'
import { issuePair, type PemPair } from '../../src/pki/issue.ts'

export type Asked = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly contentType: string | undefined
  readonly authorization: string | undefined
  /** Who the client's certificate says that it is. */
  readonly user: string | undefined
  readonly body: unknown
}

/** undefined: none is ever given. A string is sent as it is. */
export type Answer = { readonly status?: number; readonly body: unknown } | undefined

export type ApiServer = {
  readonly asked: readonly Asked[]
  /** How many connections were made to it. */
  readonly dialled: () => number
  readonly client: (options?: Partial<ApiOptions>) => ApiClient
}

const textOf = async (request: IncomingMessage): Promise<string> => {
  const chunks = await request.toArray()
  return Buffer.concat(chunks).toString('utf8')
}

const askedBy = async (request: IncomingMessage): Promise<Asked> => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'https://kubernetes')
  const text = await textOf(request)
  const certificate = 'getPeerCertificate' in request.socket ? peerOf(request.socket) : undefined
  return {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    contentType: request.headers['content-type'],
    authorization: request.headers.authorization,
    user: certificate,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

const peerOf = (socket: unknown): string | undefined => {
  const { subject } = (
    socket as { getPeerCertificate: () => { readonly subject?: { readonly CN?: string } } }
  ).getPeerCertificate()
  return subject?.CN
}

const wanted = {
  subject: { commonName: 'kube-apiserver', organizations: [] },
  usages: ['serverAuth'],
} as const

export const apiServer = async (
  ca: PemPair,
  answer: (asked: Asked) => Answer,
  names: readonly string[] = ['kubernetes'],
): Promise<ApiServer> => {
  const validity = validityFor(new Date(), 3600)
  const own = await issuePair({ ...wanted, names }, ca, { algorithm: 'ECDSA-P256', validity })
  const asked: Asked[] = []
  const sockets: Socket[] = []
  const tls = {
    cert: own.certPem,
    key: own.keyPem,
    ca: ca.certPem,
    requestCert: true,
    rejectUnauthorized: false,
  }
  const server = createServer(tls, async (request, response) => {
    const one = await askedBy(request)
    asked.push(one)
    const given = answer(one)
    if (given === undefined) return
    response.writeHead(given.status ?? 200, { 'Content-Type': 'application/json' })
    response.end(typeof given.body === 'string' ? given.body : JSON.stringify(given.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    await once(socket, 'connect')
    return socket
  }
  return {
    asked,
    dialled: () => sockets.length,
    client: (options = {}) => {
      const client = createApiClient({ dial, caPem: ca.certPem, credentials: undefined, ...options })
      onTestFinished(() => client.close())
      return client
    },
  }
}
