/** Ways out through proxies, each a real server: names are left to them to look up, and passwords are told to nobody else. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readBody } from '../../../src/bundle/http/request.ts'
import { startHttpProxy, startSocksProxy } from '../../support/proxy-servers.ts'
import { transportFor } from '../../support/registry-client.ts'
import { serverCertificate } from '../../support/server-certificate.ts'

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** No such name is anywhere: who gets there has gone through the proxy. */
const name = 'files.test'

/** Says what it was sent. */
const startTarget = async () => {
  const { ca, certificate, key } = serverCertificate(name)
  const pem = { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
  const seen: (string | undefined)[] = []
  const plain = createServer(({ headers, url }, response) => {
    seen.push(headers['proxy-authorization'])
    response.end(`plain ${headers.host}${url}`)
  })
  const secure = createSecureServer(pem, ({ headers, url }, response) => {
    seen.push(headers['proxy-authorization'])
    response.end(`secure ${headers.host}${url}`)
  })
  return { ca, pem, seen, plain: await listening(plain), secure: await listening(secure) }
}

const fetchBy = async (url: string, environment: Record<string, string>, caFile: string): Promise<string> => {
  const transport = await transportFor({ environment, caFile })
  const response = await transport.send({ method: 'GET', url: new URL(url) })
  if (response.status !== 200) return `answers ${response.status}`
  return (await readBody(response, 1000)).toString()
}

const login = { user: 'al:ice', password: 'p@ss/word' }
const withLogin = (password: string) => `${encodeURIComponent(login.user)}:${encodeURIComponent(password)}`

describe('an HTTP proxy', () => {
  test('is asked to connect for https, once for several requests', async () => {
    const { ca, secure } = await startTarget()
    const proxy = await startHttpProxy({ leadsTo: secure })
    const transport = await transportFor({
      environment: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
      caFile: ca,
    })
    for (const path of ['/a', '/b']) {
      const response = await transport.send({ method: 'GET', url: new URL(`https://${name}${path}`) })
      expect((await readBody(response, 1000)).toString()).toBe(`secure ${name}${path}`)
    }
    expect(proxy.asked).toEqual([`CONNECT ${name}:443`])
  })

  test('forwards http by itself', async () => {
    const { ca, plain } = await startTarget()
    const proxy = await startHttpProxy({ leadsTo: plain })
    const environment = { HTTP_PROXY: `127.0.0.1:${proxy.port}` }
    expect(await fetchBy(`http://${name}:81/a?b=c`, environment, ca)).toBe(`plain ${name}:81/a?b=c`)
    expect(proxy.asked).toEqual([`GET http://${name}:81/a?b=c`])
  })

  test('that is reached by TLS itself', async () => {
    const { ca, pem, secure } = await startTarget()
    const proxy = await startHttpProxy({ leadsTo: secure, tls: pem })
    const environment = { HTTPS_PROXY: `https://127.0.0.1:${proxy.port}` }
    expect(await fetchBy(`https://${name}/`, environment, ca)).toBe(`secure ${name}/`)
  })

  test.each(['http', 'https'])(
    'gets the login that is in its URL, and nobody else does: %s',
    async (scheme) => {
      const target = await startTarget()
      const leadsTo = scheme === 'http' ? target.plain : target.secure
      const proxy = await startHttpProxy({ leadsTo, login })
      const url = `http://${withLogin(login.password)}@127.0.0.1:${proxy.port}`
      const text = await fetchBy(`${scheme}://${name}/`, { ALL_PROXY: url }, target.ca)
      expect(text).toMatch(/^(plain|secure) files\.test\/$/)
      // What is forwarded comes with the header that the proxy got: that is the proxy's to take away.
      if (scheme === 'https') expect(target.seen).toEqual([undefined])
    },
  )

  test('that wants a login says so, and the wrong one is not repeated', async () => {
    const { ca, secure } = await startTarget()
    const proxy = await startHttpProxy({ leadsTo: secure, login })
    const url = `http://${withLogin('hunter2')}@127.0.0.1:${proxy.port}`
    const refused = fetchBy(`https://${name}/`, { HTTPS_PROXY: url }, ca)
    await expect(refused).rejects.toThrow(
      `cannot reach ${name} through the proxy http://127.0.0.1:${proxy.port}: the proxy refused to connect to ${name}:443: 407`,
    )
    await expect(refused).rejects.not.toThrow('hunter2')
  })

  test('that forwards and wants a login answers 407', async () => {
    const { ca, plain } = await startTarget()
    const proxy = await startHttpProxy({ leadsTo: plain, login })
    const environment = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` }
    expect(await fetchBy(`http://${name}/`, environment, ca)).toBe('answers 407')
  })
})

describe('a SOCKS proxy', () => {
  test.each(['socks5', 'socks5h'])('%s: looks up names', async (scheme) => {
    const { ca, secure } = await startTarget()
    const proxy = await startSocksProxy({ leadsTo: secure })
    const environment = { ALL_PROXY: `${scheme}://127.0.0.1:${proxy.port}` }
    expect(await fetchBy(`https://${name}:8443/x`, environment, ca)).toBe(`secure ${name}:8443/x`)
    expect(proxy.asked).toEqual([`${name}:8443`])
  })

  test('carries http, too', async () => {
    const { ca, plain } = await startTarget()
    const proxy = await startSocksProxy({ leadsTo: plain })
    const environment = { HTTP_PROXY: `socks5://127.0.0.1:${proxy.port}` }
    expect(await fetchBy(`http://${name}/x`, environment, ca)).toBe(`plain ${name}/x`)
  })

  test('gets the login that is in its URL', async () => {
    const { ca, plain } = await startTarget()
    const proxy = await startSocksProxy({ leadsTo: plain, login })
    const environment = { HTTP_PROXY: `socks5://${withLogin(login.password)}@127.0.0.1:${proxy.port}` }
    expect(await fetchBy(`http://${name}/x`, environment, ca)).toBe(`plain ${name}/x`)
  })

  test.each([
    ['the wrong login', { login }, withLogin('hunter2'), 'refused the user or the password'],
    ['no login', { login }, '', 'takes none of the ways to log in'],
    ['where it may not go', { refusal: 2 }, '', 'not allowed by its rules (files.test:80)'],
    ['where nobody is', { refusal: 5 }, '', 'connection refused (files.test:80)'],
    ['for a reason of its own', { refusal: 77 }, '', 'refusal 77'],
  ])('refuses %s, and says why', async (_what, shape, user, words) => {
    const { ca, plain } = await startTarget()
    const proxy = await startSocksProxy({ leadsTo: plain, ...shape })
    const at = user === '' ? '' : `${user}@`
    const refused = fetchBy(`http://${name}/`, { HTTP_PROXY: `socks5://${at}127.0.0.1:${proxy.port}` }, ca)
    await expect(refused).rejects.toThrow(words)
    await expect(refused).rejects.not.toThrow('hunter2')
  })
})

describe('what is no proxy', () => {
  test('nobody listens', async () => {
    const { ca } = await startTarget()
    const closed = createTcpServer()
    const port = await listening(closed)
    closed.close()
    const unreachable = fetchBy(`https://${name}/`, { HTTPS_PROXY: `http://127.0.0.1:${port}` }, ca)
    await expect(unreachable).rejects.toMatchObject({
      message: expect.stringContaining(`cannot reach the proxy http://127.0.0.1:${port}`),
      hint: expect.stringContaining('HTTPS_PROXY'),
    })
  })

  test.each([
    ['http', 'something else', 'HELLO\r\n\r\n', 'refused to connect'],
    ['http', 'no end', 'x'.repeat(20_000), 'does not speak HTTP'],
    ['socks5', 'something else', 'HELLO', 'does not speak SOCKS 5'],
    ['http', 'nothing', '', 'hung up'],
    ['socks5', 'nothing', '', 'hung up'],
  ])('%s: a server that says %s', async (scheme, _what, words, expected) => {
    const { ca } = await startTarget()
    const port = await listening(
      createTcpServer((socket) => void socket.on('error', () => undefined).end(words)),
    )
    const failed = fetchBy(`https://${name}/`, { HTTPS_PROXY: `${scheme}://127.0.0.1:${port}` }, ca)
    await expect(failed).rejects.toThrow(expected)
  })
})
