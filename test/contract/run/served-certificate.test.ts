/** What is served, asked of real TLS servers: of those that nobody should trust, too, and of those that are none. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { validityFor } from '../../../src/pki/certificate.ts'
import { issuePair, type PemPair } from '../../../src/pki/issue.ts'
import { servedCertificate } from '../../../src/run/served-certificate.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

const made: { of?: Authorities } = {}
beforeAll(async () => {
  made.of = await authoritiesFor(clusterConfig(), new Date())
})

const pairOf = (now: Date, seconds: number): Promise<PemPair> => {
  if (!made.of) throw new Error('there is no CA')
  const wanted = {
    subject: { commonName: 'served', organizations: [] },
    usages: ['serverAuth'],
    names: ['served'],
  } as const
  return issuePair(wanted, made.of.ca, { algorithm: 'ECDSA-P256', validity: validityFor(now, seconds) })
}

const portOf = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const tlsPort = ({ certPem, keyPem }: PemPair, options: TlsOptions = {}): Promise<number> =>
  portOf(createTlsServer({ cert: certPem, key: keyPem, ...options }, (socket) => socket.end()))

const served = (port: number) =>
  servedCertificate(async () => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }, 'served')

describe('what a port serves', () => {
  it('is the certificate as its server has it', async () => {
    const pair = await pairOf(new Date(), 3600)
    expect(await served(await tlsPort(pair))).toEqual({ kind: 'served', pem: pair.certPem })
  })

  it('is shown by a server that has expired', async () => {
    const pair = await pairOf(new Date('2020-01-01'), 60)
    expect(await served(await tlsPort(pair))).toEqual({ kind: 'served', pem: pair.certPem })
  })

  it('is shown by a server that wants a certificate first, as etcd does', async () => {
    const pair = await pairOf(new Date(), 3600)
    const port = await tlsPort(pair, { requestCert: true, rejectUnauthorized: true, ca: pair.certPem })
    expect(await served(port)).toEqual({ kind: 'served', pem: pair.certPem })
  })

  it('is nothing where something else than TLS is spoken', async () => {
    const port = await portOf(createServer((socket) => socket.end('hello\n')))
    expect((await served(port)).kind).toBe('nothing')
  })

  it('is nothing where the connection is closed without a word', async () => {
    const port = await portOf(createServer((socket) => socket.destroy()))
    expect((await served(port)).kind).toBe('nothing')
  })

  it('is nothing where nobody listens', async () => {
    const server = createServer()
    const port = await portOf(server)
    server.close()
    await once(server, 'close')
    expect(await served(port)).toMatchObject({ kind: 'nothing', why: expect.stringMatching(/ECONNREFUSED/) })
  })
})
