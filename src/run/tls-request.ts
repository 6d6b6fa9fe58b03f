/**
 * One GET over TLS, by somebody in particular, to prove who is let in. Takes a way to dial and a client's pair; gives the status, or
 * why there was no answer. Nothing is kept alive: each is a new handshake.
 */
import { request } from 'node:https'
import type { Duplex } from 'node:stream'
import { connect } from 'node:tls'
import type { PemPair } from '../pki/issue.ts'

export type TlsRequest = {
  readonly dial: () => Promise<Duplex>
  readonly serverName: string
  readonly path: string
  /** Whom the server's certificate is verified against; undefined where that is not the question. */
  readonly caPem?: string
  readonly client?: PemPair
  readonly headers?: Readonly<Record<string, string>>
}

export type TlsAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'refused'; readonly why: string }

/** A server that neither answers nor refuses within this is taken for one that does not work. */
const timeoutMs = 5_000

export const tlsRequest = async (wanted: TlsRequest): Promise<TlsAnswer> => {
  const { dial, serverName, path, caPem, client, headers } = wanted
  const socket = await dial()
  const tls = connect({
    socket,
    servername: serverName,
    rejectUnauthorized: caPem !== undefined,
    ...(caPem === undefined ? {} : { ca: caPem, allowPartialTrustChain: true }),
    ...(client ? { cert: client.certPem, key: client.keyPem } : {}),
  })
  try {
    return await new Promise<TlsAnswer>((resolve) => {
      const refused = (error: Error): void => resolve({ kind: 'refused', why: error.message })
      tls.on('error', refused)
      const sent = request(
        {
          createConnection: () => tls,
          host: serverName,
          path,
          headers: { ...headers, Connection: 'close' },
          timeout: timeoutMs,
        },
        (response) => {
          response.resume()
          resolve({ kind: 'answered', status: response.statusCode ?? 0 })
        },
      )
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
      sent.on('error', refused)
      sent.end()
    })
  } finally {
    tls.destroy()
    socket.destroy()
  }
}
