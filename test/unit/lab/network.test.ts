import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, freeSubnets, overlap, placeHosts } from '../../../src/lab/network.ts'

describe('overlap', () => {
  test.each([
    ['172.30.7.0/24', '172.30.7.0/24', true],
    ['172.30.7.0/24', '172.30.7.200', true],
    ['172.30.7.0/24', '172.16.0.0/12', true],
    ['172.30.7.0/24', '0.0.0.0/0', true],
    ['172.30.7.0/24', '172.30.8.0/24', false],
    ['172.30.7.0/24', '10.244.0.0/16', false],
    ['128.0.0.0/1', '127.0.0.0/8', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlap(a, b)).toBe(expected)
    expect(overlap(b, a)).toBe(expected)
  })
})

describe('freeSubnets', () => {
  test('starts from a number of the name, the same every time', () => {
    const [first] = freeSubnets('dev', [])
    expect(freeSubnets('dev', [])[0]).toBe(first)
    expect(freeSubnets('other', [])[0]).not.toBe(first)
  })

  test('passes over what is in use', () => {
    const [first = '', second] = freeSubnets('dev', [])
    expect(freeSubnets('dev', [first])[0]).toBe(second)
    expect(freeSubnets('dev', ['172.30.0.0/16'])).toEqual([])
  })

  test('every subnet that it offers is free and within 172.30.0.0/16', () => {
    const cidr = fc
      .tuple(fc.ipV4(), fc.integer({ min: 8, max: 32 }))
      .map(([address, bits]) => `${address}/${bits}`)
    fc.assert(
      fc.property(fc.string(), fc.array(cidr), (name, used) => {
        for (const subnet of freeSubnets(name, used)) {
          expect(overlap(subnet, '172.30.0.0/16')).toBe(true)
          expect(used.filter((other) => overlap(subnet, other))).toEqual([])
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('addresses', () => {
  test.each([
    ['cp1', '172.30.7.11'],
    ['cp3', '172.30.7.13'],
    ['w1', '172.30.7.21'],
    ['w12', '172.30.7.32'],
    ['registry', '172.30.7.101'],
    ['cp10', '172.30.7.101'],
    ['w0', '172.30.7.101'],
  ])('%s is at %s', (name, address) => {
    expect(addressOf('172.30.7.0/24', name, [])).toBe(address)
  })

  test('no two hosts share one, whatever they are called', () => {
    const names = fc.uniqueArray(
      fc.oneof(fc.stringMatching(/^(cp|w)[0-9]{1,2}$/), fc.stringMatching(/^[a-z]{1,8}$/)),
      {
        maxLength: 60,
      },
    )
    fc.assert(
      fc.property(names, (given) => {
        const placed = placeHosts(
          '172.30.7.0/24',
          given.map((name) => ({ name, role: 'worker' })),
        )
        expect(new Set(placed.map(({ address }) => address)).size).toBe(given.length)
      }),
    )
  })

  test('a full network is said to be full', () => {
    const taken = Array.from({ length: 255 }, (_, i) => `172.30.7.${i}`)
    expect(() => addressOf('172.30.7.0/24', 'w1', taken)).toThrow('172.30.7.0/24 of the lab is full')
  })
})
