import { BlockList } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cidrRange, contains, isIpv4OrCidr, overlaps } from '../../../../src/checks/network/cidr.ts'

const cidr = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => `${address}/${prefix}`)

test('an address is in a network when Node says so', () => {
  fc.assert(
    fc.property(fc.ipV4(), cidr, (address, network) => {
      const [base = '', prefix] = network.split('/')
      const list = new BlockList()
      list.addSubnet(base, Number(prefix), 'ipv4')
      expect(contains(cidrRange(network), cidrRange(address))).toBe(list.check(address, 'ipv4'))
    }),
  )
})

test('networks overlap exactly when one contains the other', () => {
  fc.assert(
    fc.property(cidr, cidr, (a, b) => {
      const [first, second] = [cidrRange(a), cidrRange(b)]
      expect(overlaps(first, second)).toBe(contains(first, second) || contains(second, first))
    }),
  )
})

test.each([
  ['10.0.0.1', true],
  ['10.0.0.0/8', true],
  ['10.0.0.0/33', false],
  ['10.0.0.256', false],
  ['10.0.0', false],
  ['proxy.example', false],
  ['fd00::1', false],
])('%s', (text, expected) => {
  expect(isIpv4OrCidr(text)).toBe(expected)
})
