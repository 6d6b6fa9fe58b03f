/** Who is let in, asked of real TLS servers that trust one CA. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { validityFor } from '../../../src/pki/certificate.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { issuePair, type PemPair } from '../../../src/pki/issue.ts'
import { tlsRequest } from '../../../src/run/tls-request.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor } from '../../support/pki.ts'

type Made = {
  readonly ours: Authorities
  readonly others: Authorities
  readonly server: Server
  readonly port: number
}
const made: { of?: Made } = {}
const of = (): Made => {
  if (!made.of) throw new Error('the server of this test is not there')
  return made.of
}

beforeAll(async () => {
  const now = new Date()
  const [ours, others] = await Promise.all([
    authoritiesFor(clusterConfig(), now),
    authoritiesFor(clusterConfig(), now),
  ])
  const wanted = {
    subject: { commonName: 'served', organizations: [] },
    usages: ['serverAuth'],
    names: ['served'],
  } as const
  const pair = await issuePair(wanted, ours.ca, { algorithm: 'ECDSA-P256', validity: validityFor(now, 3600) })
  const server = createServer(
    {
      key: pair.keyPem,
      cert: pair.certPem,
      ca: ours.ca.certPem,
      requestCert: true,
      rejectUnauthorized: true,
    },
    (_, response) => response.writeHead(204).end(),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  made.of = { ours, others, server, port: (server.address() as AddressInfo).port }
})
afterAll(() => of().server.close())

const clientOf = (authorities: Authorities): Promise<PemPair> =>
  mintClient({ authorities, commonName: 'somebody', organizations: [], seconds: 60, now: new Date() })

const ask = (more: { readonly client?: PemPair; readonly caPem?: string }) =>
  tlsRequest({
    dial: async () => {
      const socket = connect(of().port, '127.0.0.1')
      await once(socket, 'connect')
      return socket
    },
    serverName: 'served',
    path: '/',
    ...more,
  })

describe('a request over TLS', () => {
  it('is answered', async () => {
    const answer = await ask({ client: await clientOf(of().ours), caPem: of().ours.ca.certPem })
    expect(answer).toEqual({ kind: 'answered', status: 204 })
  })

  it('of a client of another CA is refused', async () => {
    expect((await ask({ client: await clientOf(of().others) })).kind).toBe('refused')
  })

  it('to a server of another CA goes no further', async () => {
    const answer = await ask({ client: await clientOf(of().ours), caPem: of().others.ca.certPem })
    expect(answer).toMatchObject({ kind: 'refused', why: expect.stringMatching(/certificate/) })
  })

  it('to somebody who does not speak TLS ends', async () => {
    const silent = createTcpServer((socket) => socket.end('hello\n'))
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const answer = await tlsRequest({
      dial: async () => connect(port, '127.0.0.1'),
      serverName: 'x',
      path: '/',
    })
    silent.close()
    expect(answer.kind).toBe('refused')
  })
})
