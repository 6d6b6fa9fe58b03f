import { describe, expect, test } from 'vitest'
import { registryFiles, registryMarker } from '../../../src/render/registries.ts'
import { clusterConfig } from '../../support/check-input.ts'

const mirror = (endpoint: string, others: object = {}) => ({ endpoint, ...others })
const login = (user: string) => ({ user, passwordFile: 'x' })

type Section = {
  readonly mirrors?: Readonly<Record<string, readonly object[]>>
  readonly credentials?: Readonly<Record<string, object>>
}

const filesOf = (registry: Section, caPem?: string) => {
  const passwords = new Map(Object.keys(registry.credentials ?? {}).map((name) => [name, `pw of ${name}`]))
  return registryFiles(clusterConfig({ registry }), { caPem, passwords })
}

const contentOf = (registry: Section, folder: string, caPem?: string): string => {
  const path = `/etc/containerd/certs.d/${folder}/hosts.toml`
  const found = filesOf(registry, caPem).find((file) => file.path === path)
  if (!found) throw new Error(`no ${path}`)
  return found.content
}

const basic = (user: string, registry: string): string =>
  `Basic ${Buffer.from(`${user}:pw of ${registry}`).toString('base64')}`

describe('files for registries', () => {
  test('nothing asked for, nothing written', () => {
    expect(filesOf({})).toEqual([])
  })

  test('all are known as ours by their first line', () => {
    const files = filesOf({
      mirrors: { 'docker.io': [mirror('https://m.example')] },
      credentials: { 'q.example': login('a') },
    })
    expect(files.map(({ content }) => content.split('\n')[0])).toEqual([registryMarker, registryMarker])
  })

  test('mirrors are tried in the order of the cluster file', () => {
    const text = contentOf(
      { mirrors: { 'docker.io': ['b', 'a', 'c'].map((name) => mirror(`https://${name}.example`)) } },
      'docker.io',
    )
    expect([...text.matchAll(/^\[host\."(.*)"\]$/gm)].map(([, host]) => host)).toEqual([
      'https://b.example',
      'https://a.example',
      'https://c.example',
    ])
  })

  test("a port is in a folder's name as containerd has it", () => {
    const files = filesOf({ credentials: { 'r.example:5000': login('a') } })
    expect(files.map(({ path }) => path)).toEqual(['/etc/containerd/certs.d/r.example_5000_/hosts.toml'])
  })

  test.each([
    ['a registry itself', {}, 'r.example', 'r.example'],
    ['a mirror', { 'docker.io': [mirror('https://r.example/some/path')] }, 'r.example', 'docker.io'],
    [
      'a mirror that says its port',
      { 'docker.io': [mirror('https://r.example:443')] },
      'r.example',
      'docker.io',
    ],
    [
      'a mirror with a port',
      { 'docker.io': [mirror('https://r.example:5000')] },
      'r.example:5000',
      'docker.io',
    ],
  ])('%s is logged in to, by a file that root alone may read', (_what, mirrors, registry, folder) => {
    const section = { mirrors, credentials: { [registry]: login('me') } }
    expect(contentOf(section, folder)).toContain(`Authorization = ${JSON.stringify(basic('me', registry))}`)
    for (const { mode, secret } of filesOf(section)) expect([mode, secret]).toEqual([0o600, true])
  })

  test('nobody else is told the password', () => {
    const mirrors = {
      'docker.io': [mirror('https://a.example'), mirror('https://b.example')],
      'q.example': [mirror('https://c.example')],
    }
    const files = filesOf({ mirrors, credentials: { 'b.example': login('me') } })
    const told = files.flatMap(({ path, content }) => {
      const tables = content.split(/^(?=\s*\[)/m).filter((table) => table.includes('Authorization'))
      return tables.map((table) => `${path.split('/').at(-2)} ${table.trim().split('\n')[0]}`)
    })
    expect(told).toEqual(['b.example [header]', 'docker.io [host."https://b.example".header]'])
  })

  test('a private CA is for every registry, and for mirrors that have a certificate', () => {
    const section = {
      mirrors: { 'docker.io': [mirror('https://m.example'), mirror('http://n.example', { insecure: true })] },
    }
    const ca = 'ca = "/etc/containerd/registry-ca.pem"'
    expect(contentOf(section, '_default', 'PEM')).toContain(`\n${ca}\n`)
    expect(contentOf(section, 'docker.io', 'PEM').split(ca)).toHaveLength(3)
    expect(contentOf(section, 'docker.io', 'PEM').split('[host."http:')[1]).not.toContain('ca =')
    expect(filesOf(section, 'PEM')[0]).toEqual({
      path: '/etc/containerd/registry-ca.pem',
      mode: 0o644,
      content: 'PEM',
    })
  })
})
