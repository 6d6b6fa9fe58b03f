/** Which way a request takes: as curl and Go's programs read the environment. */
import { describe, expect, test } from 'vitest'
import { proxyAuthorization, proxyFor, proxyName } from '../../../src/bundle/http/proxy-choice.ts'

const proxied = (url: string, environment: Record<string, string>): string | undefined =>
  proxyFor(new URL(url), environment)?.href

const both = { HTTP_PROXY: 'http://plain:1', HTTPS_PROXY: 'http://secure:2' }

test.each([
  ['http://a.org/', both, 'http://plain:1/'],
  ['https://a.org/', both, 'http://secure:2/'],
  ['https://a.org/', {}, undefined],
  ['https://a.org/', { HTTPS_PROXY: '' }, undefined],
  ['https://a.org/', { HTTP_PROXY: 'http://plain:1' }, undefined],
  ['https://a.org/', { ALL_PROXY: 'socks5://all' }, 'socks5://all'],
  ['https://a.org/', { ALL_PROXY: 'socks5://all', ...both }, 'http://secure:2/'],
  ['https://a.org/', { https_proxy: 'http://small', HTTPS_PROXY: 'http://large' }, 'http://small/'],
  ['https://a.org/', { HTTPS_PROXY: 'proxy:3128' }, 'http://proxy:3128/'],
  ['https://a.org/', { HTTPS_PROXY: 'https://proxy' }, 'https://proxy/'],
])('%s with %j goes through %s', (url, environment, expected) => {
  expect(proxied(url, environment)).toBe(expected)
})

describe('NO_PROXY', () => {
  test.each([
    ['a.org', 'https://a.org/', true],
    ['a.org', 'https://b.a.org/', true],
    ['a.org', 'https://ba.org/', false],
    ['.a.org', 'https://b.a.org/', true],
    ['.a.org', 'https://a.org/', false],
    ['*.a.org', 'https://b.a.org/', true],
    ['A.ORG', 'https://a.org/', true],
    ['x.org, a.org', 'https://a.org/', true],
    ['x.org a.org', 'https://a.org/', true],
    ['*', 'https://a.org/', true],
    ['a.org:8443', 'https://a.org:8443/', true],
    ['a.org:8443', 'https://a.org/', false],
    ['a.org:443', 'https://a.org/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['10.0.0.0/', 'https://10.1.2.3/', false],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['0.0.0.0/0', 'https://10.1.2.3/', true],
    ['fd00::/8', 'https://[fd12::1]/', true],
    ['[fd12::1]', 'https://[fd12::1]/', true],
    ['[fd12::1]:8443', 'https://[fd12::1]:8443/', true],
    ['2.3', 'https://10.1.2.3/', false],
    ['', 'https://a.org/', false],
  ])('%j, %s: direct is %s', (list, url, isDirect) => {
    expect(proxied(url, { ...both, NO_PROXY: list }) === undefined).toBe(isDirect)
    expect(proxied(url, { ...both, no_proxy: list }) === undefined).toBe(isDirect)
  })

  test.each(['http://localhost/', 'http://127.0.0.1:5000/', 'http://127.9.9.9/', 'http://[::1]/'])(
    'is not needed for %s',
    (url) => {
      expect(proxied(url, both)).toBeUndefined()
    },
  )
})

test.each(['ftp://proxy', 'http://', '://'])('%j is no proxy, and what it says is not repeated', (proxy) => {
  const choose = () => proxied('https://a.org/', { HTTPS_PROXY: proxy })
  expect(choose).toThrow('HTTPS_PROXY (or ALL_PROXY) of the environment is not the URL of a proxy')
  expect(choose).not.toThrow(proxy)
})

test('a user and a password are sent as they were meant, and are in no name', () => {
  const proxy = new URL('http://us%40er:p%3Ass@proxy:3128')
  expect(proxyAuthorization(proxy)).toEqual({
    'proxy-authorization': `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
  })
  expect(proxyAuthorization(new URL('http://proxy'))).toEqual({})
  expect(proxyName(proxy)).toBe('http://proxy:3128')
})
