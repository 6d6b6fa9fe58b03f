/** Credentials where docker, podman and skopeo leave them; never a word of them in an error. */
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { dockerCredentials } from '../../../src/bundle/registry/docker-credentials.ts'
import { scratchDirectory } from '../../support/scratch.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const environmentOf = (content: string) => {
  const folder = scratchDirectory('docker')
  writeFileSync(join(folder, 'config.json'), content)
  return { DOCKER_CONFIG: folder }
}

const credentialsOf = (configuration: unknown, registry = 'r.org') =>
  dockerCredentials(registry, environmentOf(JSON.stringify(configuration)))

const alice = { kind: 'password', user: 'alice', password: 'a:b' }

test.each([
  ['a login', { 'r.org': { auth: base64('alice:a:b') } }, 'r.org', alice],
  ['in two fields', { 'r.org': { username: 'alice', password: 'a:b' } }, 'r.org', alice],
  ['under its URL', { 'https://r.org': { auth: base64('alice:a:b') } }, 'r.org', alice],
  ['under a URL of old', { 'https://r.org/v1/': { auth: base64('alice:a:b') } }, 'r.org', alice],
  [
    'of docker.io',
    { 'https://index.docker.io/v1/': { auth: base64('alice:a:b') } },
    'registry-1.docker.io',
    alice,
  ],
  ['with a port', { 'r.org:5000': { auth: base64('alice:a:b') } }, 'r.org:5000', alice],
  ['of another port', { 'r.org:5000': { auth: base64('alice:a:b') } }, 'r.org', undefined],
  ['of another registry', { 'other.org': { auth: base64('alice:a:b') } }, 'r.org', undefined],
  [
    'a refresh token',
    { 'r.org': { auth: base64('<token>:'), identitytoken: 't' } },
    'r.org',
    { kind: 'refresh-token', token: 't' },
  ],
  ['an empty row', { 'r.org': {} }, 'r.org', undefined],
  ['no base64', { 'r.org': { auth: '%%%' } }, 'r.org', undefined],
])('%s', async (_what, auths, registry, expected) => {
  expect(await credentialsOf({ auths }, registry)).toEqual(expected)
})

test('nobody has logged in', async () => {
  expect(await dockerCredentials('r.org', { DOCKER_CONFIG: scratchDirectory('empty') })).toBeUndefined()
  expect(await credentialsOf({})).toBeUndefined()
})

test('a file that is not one is named, and not quoted', async () => {
  const environment = environmentOf('{ "auths": hunter2')
  await expect(dockerCredentials('r.org', environment)).rejects.toThrow(
    `${environment.DOCKER_CONFIG}/config.json is not a docker configuration file`,
  )
  await expect(dockerCredentials('r.org', environment)).rejects.not.toThrow('hunter2')
})

const helperThatSays = (script: string): void => {
  const folder = scratchDirectory('helper')
  const helper = join(folder, 'docker-credential-test')
  writeFileSync(helper, `#!/bin/sh\nread server\n${script}\n`)
  chmodSync(helper, 0o755)
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
}

const says = (user: string, secret: string): string => `echo '{"Username":"${user}","Secret":"${secret}"}'`

test.each([
  ['credHelpers', { credHelpers: { 'r.org': 'test' } }],
  ['credsStore with a row', { auths: { 'r.org': {} }, credsStore: 'test' }],
  ['credsStore alone', { credsStore: 'test' }],
])('a helper is asked: %s', async (_what, configuration) => {
  helperThatSays(`[ "$server" = r.org ] || exit 1; ${says('alice', 'a:b')}`)
  expect(await credentialsOf(configuration)).toEqual(alice)
})

test('a helper may have a refresh token, or nothing', async () => {
  helperThatSays(says('<token>', 't'))
  expect(await credentialsOf({ credsStore: 'test' })).toEqual({ kind: 'refresh-token', token: 't' })
  helperThatSays('echo "credentials not found in native keychain"; exit 1')
  expect(await credentialsOf({ credsStore: 'test' })).toBeUndefined()
})

test('a helper that is not there, cannot be one, or answers nonsense is named; what it says is not', async () => {
  await expect(credentialsOf({ credsStore: 'nowhere' })).rejects.toThrow(
    'docker-credential-nowhere cannot be run',
  )
  await expect(credentialsOf({ credsStore: '../x' })).rejects.toThrow('"../x" cannot be a credential helper')
  helperThatSays('echo "hunter2 {"')
  const nonsense = credentialsOf({ credsStore: 'test' })
  await expect(nonsense).rejects.toThrow('docker-credential-test answers with something else')
  await expect(nonsense).rejects.not.toThrow('hunter2')
})
