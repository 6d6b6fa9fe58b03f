/** Which hosts a command is for. */
import { expect, it } from 'vitest'
import { andTheFirst, namedHosts } from '../../../src/run/named-hosts.ts'
import { clusterConfig } from '../../support/check-input.ts'

const config = clusterConfig()
const names = (hosts: readonly { readonly name: string }[]) => hosts.map(({ name }) => name)

it.each([
  [undefined, ['cp1', 'w1', 'w2']],
  [
    ['w2', 'cp1'],
    ['cp1', 'w2'],
  ],
  [[], []],
])('%j: %j', (given, hosts) => {
  expect(names(namedHosts(config, given))).toEqual(hosts)
})

it('a name that no host has is refused, with those that there are', () => {
  expect(() => namedHosts(config, ['w1', 'w9'])).toThrow('there is no host w9 in the cluster file')
})

it('the first control plane is among those that are talked to, once', () => {
  expect(names(andTheFirst(config, namedHosts(config, ['w1'])))).toEqual(['cp1', 'w1'])
  expect(names(andTheFirst(config, namedHosts(config, ['cp1', 'w1'])))).toEqual(['cp1', 'w1'])
})
