import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { nearest } from '../../../src/config/did-you-mean.ts'
import { parseDuration } from '../../../src/config/duration.ts'
import { clusterJsonSchema } from '../../../src/config/json-schema.ts'
import { addressNumber, aligned, contains, network, overlap } from '../../../src/config/network.ts'
import { localPath } from '../../../src/config/paths.ts'
import { quoted } from '../../../src/config/problems.ts'
import { kubernetesVersions } from '../../../src/config/versions.ts'

describe('parseDuration', () => {
  it.each([
    ['90m', 5400],
    ['24h', 86_400],
    ['365d', 31_536_000],
    ['0d', 0],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds)
  })

  it.each(['', '1', '1y', '-1d', '1.5h', '1d ', 'd'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(RangeError)
  })
})

describe('localPath', () => {
  const base = { folder: '/clusters/demo', home: '/home/me' }
  it.each([
    ['~/.ssh/id', '/home/me/.ssh/id'],
    ['~', '/home/me'],
    ['~other/x', '/clusters/demo/~other/x'],
    ['keys/../id', '/clusters/demo/id'],
    ['../id', '/clusters/id'],
    ['/etc/id', '/etc/id'],
  ])('%s is %s', (path, absolute) => {
    expect(localPath(path, base)).toBe(absolute)
  })
})

describe('nearest', () => {
  const keys = ['name', 'network', 'podCIDR', 'serviceCIDR', 'passwordFile', 'sudoPasswordFile', 'port']
  it.each([
    ['nmae', 'name'],
    ['Name', 'name'],
    ['podCidr', 'podCIDR'],
    ['podcidrs', 'podCIDR'],
    ['password', 'passwordFile'],
    ['prot', 'port'],
    ['netwrok', 'network'],
    ['color', undefined],
    ['x', undefined],
    ['', undefined],
    ['x'.repeat(10_000), undefined],
  ])('%s: %s', (written, meant) => {
    expect(nearest(written, keys)).toBe(meant)
  })
})

describe('networks', () => {
  const address = fc.ipV4()
  const cidr = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`)

  it('aligned: the network is the same, and its first address is the one that is written', () => {
    fc.assert(
      fc.property(cidr, (given) => {
        const right = aligned(given)
        expect(network(right)).toEqual(network(given))
        expect(addressNumber(right.split('/')[0] ?? '')).toBe(network(given).first)
        expect(contains(right, given.split('/')[0] ?? '')).toBe(true)
      }),
    )
  })

  it('two networks overlap exactly when one holds the first address of the other', () => {
    fc.assert(
      fc.property(cidr, cidr, (a, b) => {
        const firstOf = (net: string): string => aligned(net).split('/')[0] ?? ''
        expect(overlap(a, b)).toBe(contains(a, firstOf(b)) || contains(b, firstOf(a)))
      }),
    )
  })
})

it('shows values on one short line that no terminal obeys', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(quoted(text)).not.toMatch(/(?! )[\p{Cc}\u202a-\u202e]/u)
      expect(quoted(text).length).toBeLessThan(400)
    }),
    { numRuns: 40 },
  )
})

it('knows the versions of the bundle catalog', () => {
  const catalog: unknown = parse(
    readFileSync(new URL('../../../bundle/catalog.yaml', import.meta.url), 'utf8'),
  )
  expect(Object.keys(catalog as object).toSorted()).toEqual([...kubernetesVersions].toSorted())
})

it('gives a JSON Schema in which everything but the four lines and the hosts may be left out', () => {
  expect(clusterJsonSchema()).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    required: ['apiVersion', 'kind', 'name', 'kubernetes', 'hosts'],
    additionalProperties: false,
  })
})
