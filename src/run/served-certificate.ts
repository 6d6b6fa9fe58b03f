/**
 * What a port serves, seen in a TLS handshake of its own. Takes a way to dial it; gives the certificate as PEM, or why there is none.
 * Nobody is asked to be trusted: a server that has expired, or that wants a client's certificate, shows its own all the same.
 */
import type { Duplex } from 'node:stream'
import { connect, type TLSSocket } from 'node:tls'
import { errorMessage, HostError } from '../errors.ts'

export type Served =
  | { readonly kind: 'served'; readonly pem: string }
  | { readonly kind: 'nothing'; readonly why: string }

/** A server that has shown nothing within this is taken for one that does not work. */
const timeoutMs = 5_000

const pemOf = (raw: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(raw.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`

const shownBy = (tls: TLSSocket): Promise<string> =>
  new Promise((resolve, reject) => {
    tls.once('secureConnect', () => resolve(pemOf(tls.getPeerCertificate().raw)))
    tls.on('error', reject)
    tls.once('close', () => reject(new Error('the connection was closed before a certificate was shown')))
    tls.setTimeout(timeoutMs, () => reject(new Error(`no certificate within ${timeoutMs / 1000} s`)))
  })

export const servedCertificate = async (dial: () => Promise<Duplex>, serverName: string): Promise<Served> => {
  try {
    const socket = await dial()
    const tls = connect({ socket, servername: serverName, rejectUnauthorized: false })
    try {
      return { kind: 'served', pem: await shownBy(tls) }
    } finally {
      tls.destroy()
      socket.destroy()
    }
  } catch (error) {
    return { kind: 'nothing', why: whyOf(error) }
  }
}

/** That it is a host that could not connect, whoever asked knows. */
const whyOf = (error: unknown): string =>
  error instanceof HostError ? (error.failure.output ?? error.message) : errorMessage(error)
