/** The real containerd does with the files that we write about registries what the cluster file means, at the next pull. */
import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runtimeProxy } from '../../src/render/proxy.ts'
import { registryFiles } from '../../src/render/registries.ts'
import { clusterConfig } from '../support/check-input.ts'
import { startConnectProxy } from '../support/connect-proxy.ts'
import { layerWith } from '../support/layer.ts'
import { alice, type RegistryShape, startRegistry } from '../support/registry.ts'
import { pushWithSkopeo } from '../support/registry-image.ts'
import { startContainerd } from '../support/running-containerd.ts'
import { serverCertificate } from '../support/server-certificate.ts'
import { startTokenServer } from '../support/token-server.ts'

const image = (repository: string) => ({
  repository,
  tag: '1',
  layers: { amd64: [layerWith('name', repository)] },
})

/** A registry with a private CA, and what the cluster file says that makes it a mirror. */
const privateRegistry = async (shape: RegistryShape, ...names: readonly string[]) => {
  const { ca, certificate, key } = serverCertificate(...names)
  const registry = await startRegistry({ tls: { certificate, key }, ...shape })
  const caPem = readFileSync(ca, 'utf8')
  const filesWith = (registrySection: object, password: string = alice.password) =>
    registryFiles(clusterConfig({ registry: registrySection }), {
      caPem,
      passwords: new Map([[registry.origin.host, password]]),
    })
  const credentials = { [registry.origin.host]: { user: alice.user, passwordFile: 'x' } }
  return { registry, filesWith, credentials }
}

describe('a mirror with a private CA', () => {
  test('and a login: nothing is restarted for either, a path is added to, or taken as it is', async () => {
    const { registry, filesWith, credentials } = await privateRegistry({ login: true })
    pushWithSkopeo(registry, image('hub/library/a'), alice)
    const containerd = await startContainerd({ HTTPS_PROXY: 'http://127.0.0.1:1' })
    const mirrors = { 'docker.io': [{ endpoint: `${registry.origin.href}v2/hub`, overridePath: true }] }
    await expect(containerd.pull('library/a:1')).rejects.toThrow('registry-1.docker.io')
    containerd.place(filesWith({ mirrors, credentials }, 'open barley'))
    await expect(containerd.pull('a:1')).rejects.toThrow('no basic auth credentials')
    containerd.place(filesWith({ mirrors, credentials }))
    expect(await containerd.pull('a:1')).toContain('Image is up to date')

    pushWithSkopeo(registry, image('library/b'), alice)
    containerd.place(
      filesWith({ mirrors: { 'docker.io': [{ endpoint: registry.origin.href }] }, credentials }),
    )
    expect(await containerd.pull('b:1')).toContain('Image is up to date')
  })

  test('that wants tokens: the login goes to the token service', async () => {
    const login = `Basic ${Buffer.from(`${alice.user}:${alice.password}`).toString('base64')}`
    const { tokens, questions } = await startTokenServer(({ authorization }) => authorization === login)
    const open = await startRegistry()
    pushWithSkopeo(open, image('library/a'))
    const { registry, filesWith, credentials } = await privateRegistry({ tokens })
    cpSync(join(open.folder, 'data'), join(registry.folder, 'data'), { recursive: true })
    const containerd = await startContainerd()
    containerd.place(filesWith({ mirrors: { 'quay.io': [{ endpoint: registry.origin.href }] }, credentials }))
    expect(await containerd.pull('quay.io/library/a:1')).toContain('Image is up to date')
    expect(questions.map(({ authorization }) => authorization)).toContain(login)
  })
})

test('a registry under its own name, which no file names: by the private CA, and not without it', async () => {
  const { registry, filesWith } = await privateRegistry({}, 'private.example.test')
  pushWithSkopeo(registry, image('a'))
  // containerd does not look at the certificates of loopback: this name only the proxy knows.
  const proxy = await startConnectProxy({ 'private.example.test:443': registry.port })
  const containerd = await startContainerd({ HTTPS_PROXY: proxy.origin.href })
  await expect(containerd.pull('private.example.test/a:1')).rejects.toThrow('unknown authority')
  containerd.place(filesWith({}))
  expect(await containerd.pull('private.example.test/a:1')).toContain('Image is up to date')
})

test('a registry under its own name, with a login', async () => {
  const { registry, filesWith, credentials } = await privateRegistry({ login: true })
  pushWithSkopeo(registry, image('a'), alice)
  const containerd = await startContainerd()
  containerd.place(filesWith({ credentials }))
  expect(await containerd.pull(`${registry.origin.host}/a:1`)).toContain('Image is up to date')
})

test('a mirror of plain http, for everything that has no mirror of its own', async () => {
  const registry = await startRegistry()
  pushWithSkopeo(registry, image('library/a'))
  const mirrors = { _default: [{ endpoint: registry.origin.href, insecure: true }] }
  const containerd = await startContainerd()
  containerd.place(
    registryFiles(clusterConfig({ registry: { mirrors } }), { caPem: undefined, passwords: new Map() }),
  )
  expect(await containerd.pull('ghcr.io/library/a:1')).toContain('Image is up to date')
})

test('a proxy is asked for what is outside, and for nothing else', async () => {
  const { registry, filesWith } = await privateRegistry({})
  pushWithSkopeo(registry, image('library/a'))
  const proxy = await startConnectProxy({ 'mirror.example.test:443': registry.port })
  const config = clusterConfig({ proxy: { https: proxy.origin.href, noProxy: ['.inside.example.test'] } })
  const environment = Object.fromEntries(runtimeProxy(config).map(({ name, value }) => [name, value]))
  const containerd = await startContainerd(environment)
  const endpoints = ['https://cp1:1', 'https://a.inside.example.test', 'https://mirror.example.test']
  containerd.place(filesWith({ mirrors: { 'docker.io': endpoints.map((endpoint) => ({ endpoint })) } }))
  await containerd.pull('a:1').catch(() => undefined)
  expect(new Set(proxy.asked)).toEqual(new Set(['mirror.example.test:443', 'registry-1.docker.io:443']))
})
