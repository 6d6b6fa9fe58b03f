import { expect, test } from 'vitest'
import { bypassesProxy } from '../../../../src/checks/network/no-proxy.ts'
import { shownProxy } from '../../../../src/checks/network/shown-proxy.ts'

test.each([
  ['10.0.0.11', '', false],
  ['10.0.0.11', '*', true],
  ['10.0.0.11', 'localhost, 10.0.0.11', true],
  ['10.0.0.11', '10.0.0.11:6443', true],
  ['10.0.0.11', '10.0.0.0/24', true],
  ['10.0.0.11', '10.0.1.0/24', false],
  ['127.0.0.1', '', true],
  ['10.96.0.0/12', '10.0.0.0/8', true],
  ['10.96.0.0/12', '10.96.0.0/16', false],
  ['10.96.0.0/12', '10.96.0.1', false],
  ['api.example.org', 'example.org', true],
  ['api.example.org', '.example.org', true],
  ['example.org', '.example.org', false],
  ['example.org', 'EXAMPLE.org', true],
  ['badexample.org', 'example.org', false],
  ['localhost', '', true],
])('%s with NO_PROXY=%s: %s', (destination, noProxy, expected) => {
  expect(bypassesProxy(destination, noProxy)).toBe(expected)
})

test.each([
  ['http://proxy:3128', 'http://proxy:3128'],
  ['http://me:pass@proxy:3128', 'http://proxy:3128'],
  ['me:p@ss@proxy:3128', 'proxy:3128'],
])('%s is shown as %s', (address, shown) => {
  expect(shownProxy(address)).toBe(shown)
})
