/** Redirects, other attempts and trust, with real servers. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { readBody } from '../../../src/bundle/http/request.ts'
import { openTransport } from '../../../src/bundle/http/transport.ts'
import { startServer } from '../../support/http-server.ts'
import { transportFor } from '../../support/registry-client.ts'
import { scratchDirectory } from '../../support/scratch.ts'

const get = async (url: URL, headers: Record<string, string> = {}) => {
  const transport = await transportFor()
  return transport.send({ method: 'GET', url, headers })
}

describe('redirects', () => {
  test('are followed, with credentials only to the same server', async () => {
    const seen: (string | undefined)[] = []
    const far = await startServer(({ headers }, response) => {
      seen.push(headers.authorization, headers.cookie, headers.range)
      response.end('there')
    })
    const near = await startServer(({ headers, url }, response) => {
      seen.push(headers.authorization)
      const location = url === '/a' ? '/b' : new URL('/c', far.origin).href
      response.writeHead(url === '/a' ? 307 : 302, { location }).end()
    })
    const secrets = { authorization: 'Bearer x', cookie: 'y', range: 'bytes=0-' }
    const response = await get(new URL('/a', near.origin), secrets)
    expect((await readBody(response, 100)).toString()).toBe('there')
    expect(seen).toEqual(['Bearer x', 'Bearer x', undefined, undefined, 'bytes=0-'])
    expect(response.url.pathname).toBe('/c')
  })

  test('in a circle are given up', async () => {
    const { origin, ranges } = await startServer((_, response) =>
      response.writeHead(302, { location: '/again' }).end(),
    )
    await expect(get(origin)).rejects.toThrow('sends from one place to the next')
    expect(ranges).toHaveLength(6)
  })

  test.each(['ftp://a.org/', 'http://[', undefined])(
    'to %s are an answer like any other',
    async (location) => {
      const { origin } = await startServer((_, response) =>
        response.writeHead(302, location === undefined ? {} : { location }).end(),
      )
      expect((await get(origin)).status).toBe(302)
    },
  )

  test('of what is sent are left to the caller', async () => {
    const { origin } = await startServer((_, response) => response.writeHead(307, { location: '/b' }).end())
    const transport = await transportFor()
    expect((await transport.send({ method: 'POST', url: origin })).status).toBe(307)
  })
})

describe('other attempts', () => {
  test.each([408, 429, 500, 502, 503, 504])('%s is tried again', async (status) => {
    const { origin, ranges } = await startServer((_, response) =>
      response.writeHead(ranges.length < 3 ? status : 200).end(),
    )
    expect((await get(origin)).status).toBe(200)
    expect(ranges).toHaveLength(3)
  })

  test.each([400, 401, 403, 404, 416, 501, 505])('%s is not', async (status) => {
    const { origin, ranges } = await startServer((_, response) => response.writeHead(status).end())
    expect((await get(origin)).status).toBe(status)
    expect(ranges).toHaveLength(1)
  })

  test('a line that breaks before the answer is tried again, and what is sent is sent whole', async () => {
    const bodies: string[] = []
    const { origin } = await startServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += String(chunk)
      bodies.push(body)
      if (bodies.length < 3) request.socket.resetAndDestroy()
      else response.end()
    })
    const transport = await transportFor()
    const body = { size: 5, open: () => Readable.from([Buffer.from('hello')]) }
    expect((await transport.send({ method: 'PUT', url: origin, body })).status).toBe(200)
    expect(bodies).toEqual(['hello', 'hello', 'hello'])
  })

  test('who is asked once is asked once', async () => {
    const { origin, ranges } = await startServer((_, response) => response.writeHead(503).end())
    const transport = await transportFor()
    expect((await transport.send({ method: 'GET', url: origin, once: true })).status).toBe(503)
    expect(ranges).toHaveLength(1)
  })

  test("what an error says is said on, without a query, which may hold somebody's key", async () => {
    const { origin } = await startServer((_, response) =>
      response
        .writeHead(503, { 'retry-after': '3600' })
        .end('{"errors":[{"code":"X","message":"full moon"}]}'),
    )
    const failed = get(new URL('/file?signature=hunter2', origin))
    await expect(failed).rejects.toMatchObject({
      message: `GET /file: ${origin.host} answers 503: full moon`,
      hint: expect.not.stringContaining('hunter2'),
    })
  })
})

test('a server that does not speak TLS is said to be one', async () => {
  const { origin } = await startServer((_, response) => response.end())
  await expect(get(new URL(`https://${origin.host}/`))).rejects.toMatchObject({
    message: `cannot reach ${origin.host}: it does not speak TLS`,
    hint: expect.stringContaining('http://'),
  })
})

describe('the file of further CAs', () => {
  test.each([
    ['is not there', undefined, 'cannot read the CA file'],
    ['holds no certificate', 'hello', 'holds no certificate'],
  ])('%s', async (_what, content, words) => {
    const caFile = join(scratchDirectory('ca'), 'ca.pem')
    if (content !== undefined) writeFileSync(caFile, content)
    await expect(openTransport({ environment: {}, caFile })).rejects.toMatchObject({
      message: expect.stringContaining(words),
      hint: expect.stringContaining('--ca-file'),
    })
  })
})
