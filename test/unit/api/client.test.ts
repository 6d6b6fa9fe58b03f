/** Requests over real TLS: whom they trust, who they say they are, and what becomes of an answer that is no. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { ApiError } from '../../../src/api/client.ts'
import { Interrupted } from '../../../src/errors.ts'
import type { OwnAuthorities } from '../../../src/pki/authorities.ts'
import { mintClient } from '../../../src/pki/client.ts'
import { apiServer } from '../../support/api-server.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { certificateOf, opensslCa } from '../../support/openssl-ca.ts'
import { authoritiesFor } from '../../support/pki.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const made: { ours?: OwnAuthorities; other?: OwnAuthorities } = {}
beforeAll(async () => {
  made.ours = await authoritiesFor(clusterConfig(), new Date())
  made.other = await authoritiesFor(clusterConfig(), new Date())
})

const ours = (): OwnAuthorities => {
  if (!made.ours) throw new Error('not made yet')
  return made.ours
}

const ok = () => ({ body: { ok: true } })

describe('trust', () => {
  test('the cluster’s CA, whatever address it is dialled by', async () => {
    const { client } = await apiServer(ours().ca, ok)
    expect(await client().request('GET', '/api')).toEqual({ ok: true })
  })

  test('a CA that another has issued, with nothing said of that other', async () => {
    const folder = scratchDirectory('api')
    const issuing = opensslCa(folder, 'issuing', { issuer: opensslCa(folder, 'root') })
    const authority = { certPem: certificateOf(issuing), keyPem: readFileSync(issuing.key, 'utf8') }
    const { client } = await apiServer(authority, ok)
    expect(await client().request('GET', '/api')).toEqual({ ok: true })
  })

  test('no other CA: what stands there learns nothing', async () => {
    const server = await apiServer(ours().ca, ok)
    const api = server.client({
      caPem: made.other?.ca.certPem ?? '',
      credentials: { token: 'abcdef.secret' },
    })
    await expect(api.request('GET', '/api')).rejects.toThrow(/certificate|signature/)
    expect(server.asked).toEqual([])
  })

  test('no certificate of that CA that is for something else', async () => {
    const { client } = await apiServer(ours().ca, ok, ['etcd.example'])
    await expect(client().request('GET', '/api')).rejects.toThrow(/altnames/)
  })
})

describe('who asks', () => {
  test('with a certificate, the name in it', async () => {
    const { asked, client } = await apiServer(ours().ca, ok)
    const credentials = await mintClient({
      authorities: ours(),
      commonName: 'slipway',
      organizations: ['kubeadm:cluster-admins'],
      seconds: 60,
      now: new Date(),
    })
    await client({ credentials }).request('GET', '/api')
    expect(asked[0]).toMatchObject({ user: 'slipway', authorization: undefined })
  })

  test('with a token, its bearer', async () => {
    const { asked, client } = await apiServer(ours().ca, ok)
    await client({ credentials: { token: 'abcdef.0123456789abcdef' } }).request('GET', '/api')
    expect(asked[0]).toMatchObject({ authorization: 'Bearer abcdef.0123456789abcdef' })
  })
})

test('a body is sent whole, with its type, also when it is not ASCII', async () => {
  const { asked, client } = await apiServer(ours().ca, ok)
  const body = { metadata: { annotations: { note: 'Zürich – 東京' } } }
  await client().request('PATCH', '/api/v1/nodes/w1', { body, contentType: 'application/apply-patch+yaml' })
  expect(asked[0]).toMatchObject({ method: 'PATCH', body, contentType: 'application/apply-patch+yaml' })
})

test('requests one after the other share a connection', async () => {
  const server = await apiServer(ours().ca, ok)
  const api = server.client()
  for (let count = 0; count < 5; count++) await api.request('GET', '/api')
  expect(server.dialled()).toBe(1)
})

describe('an answer that is no', () => {
  const status = { kind: 'Status', message: 'nodes "w1" is forbidden', reason: 'Forbidden' }

  test.each([
    ['a Status', 403, status, 'GET /api/v1/nodes/w1: 403 nodes "w1" is forbidden'],
    ['plain text', 404, '404 page not found\n', 'GET /api/v1/nodes/w1: 404 404 page not found'],
    ['JSON without a message', 409, { code: 1 }, 'GET /api/v1/nodes/w1: 409 {"code":1}'],
    ['a redirect, which is not followed', 302, '', 'GET /api/v1/nodes/w1: 302 '],
    ['very long', 500, 'x'.repeat(5000), `GET /api/v1/nodes/w1: 500 ${'x'.repeat(500)}`],
  ])('%s is an ApiError with the server’s words', async (_what, code, body, message) => {
    const { client } = await apiServer(ours().ca, () => ({ status: code, body }))
    const error: unknown = await client()
      .request('GET', '/api/v1/nodes/w1?fieldManager=slipway')
      .catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({ status: code, message })
  })

  test('what is no JSON where an object was asked for says where it came from', async () => {
    const { client } = await apiServer(ours().ca, () => ({ body: '<html>a proxy</html>' }))
    await expect(client().request('GET', '/api')).rejects.toThrow('GET /api: no JSON: <html>a proxy</html>')
  })
})

test('a readiness text comes as it is', async () => {
  const { client } = await apiServer(ours().ca, () => ({ body: 'ok' }))
  expect(await client().text('/readyz')).toBe('ok')
})

test('Ctrl-C ends a request that is not answered, and those that come after', async () => {
  const stop = new AbortController()
  const server = await apiServer(ours().ca, () => {
    stop.abort()
    return undefined
  })
  const api = server.client({ signal: stop.signal })
  await expect(api.request('GET', '/api')).rejects.toBeInstanceOf(Interrupted)
  await expect(api.text('/readyz')).rejects.toBeInstanceOf(Interrupted)
  expect(server.asked).toHaveLength(1)
})

test('when the way there cannot be opened, the reason is the tunnel’s', async () => {
  const { client } = await apiServer(ours().ca, ok)
  const dial = () => Promise.reject(new Error('w1 could not connect to 10.0.0.11:6443'))
  const api = client({ dial })
  await expect(api.request('GET', '/api')).rejects.toThrow('w1 could not connect')
})
