/** Who is let in: private CAs, logins and tokens, by registries that really look. */
import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { pullImage } from '../../../src/bundle/registry/pull-image.ts'
import { pushBundle } from '../../../src/bundle/registry/push-bundle.ts'
import { parsePlace } from '../../../src/bundle/registry/reference.ts'
import { startFront } from '../../support/front-server.ts'
import { alice, type Registry, startRegistry } from '../../support/registry.ts'
import { type ClientShape, sessionTo } from '../../support/registry-client.ts'
import { pushWithSkopeo } from '../../support/registry-image.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { serverCertificate } from '../../support/server-certificate.ts'
import { smallBundle } from '../../support/small-bundle.ts'
import { startTokenServer } from '../../support/token-server.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const say = (): void => undefined
const layer = randomBytes(100_000)
const image = { repository: 'a/b', tag: 'v1', layers: { amd64: [layer] } }

const pull = async (registry: Pick<Registry, 'origin'>, shape: ClientShape = {}) =>
  pullImage({
    session: await sessionTo(registry, shape),
    repository: 'a/b',
    reference: 'v1',
    arch: 'amd64',
    say,
  })

const push = async (registry: Pick<Registry, 'origin'>, shape: ClientShape = {}) => {
  const images = ['registry.k8s.io/pause:3.10', 'registry.k8s.io/etcd:3.7.3-0']
  const file = smallBundle({ entries: images.map((name) => ({ kind: 'image', name, layers: ['shared'] })) })
  const session = await sessionTo(registry, shape)
  return pushBundle({ bundle: await openBundle(file), session, place: parsePlace(registry.origin.href), say })
}

/** A folder with a docker configuration file, as an environment that names it. */
const dockerConfiguration = (content: unknown) => {
  const folder = scratchDirectory('docker')
  writeFileSync(join(folder, 'config.json'), JSON.stringify(content))
  return { environment: { DOCKER_CONFIG: folder } }
}
const authOf = ({ user, password }: { readonly user: string; readonly password: string }): string =>
  Buffer.from(`${user}:${password}`).toString('base64')

describe('TLS', () => {
  test('a private CA is trusted when it is named, and only then', async () => {
    const { ca, certificate, key } = serverCertificate()
    const registry = await startRegistry({ tls: { certificate, key } })
    const { digest } = pushWithSkopeo(registry, image)
    expect((await pull(registry, { caFile: ca })).manifest.digest).toBe(digest)
    await expect(pull(registry)).rejects.toMatchObject({
      message: expect.stringContaining(`cannot reach ${registry.origin.host}`),
      hint: expect.stringContaining('--ca-file'),
    })
    const other = serverCertificate()
    await expect(pull(registry, { caFile: other.ca })).rejects.toThrow('cannot reach')
  })
})

describe('logins', () => {
  test('without one the registry says that it wants one', async () => {
    const registry = await startRegistry({ login: true })
    await expect(pull(registry)).rejects.toMatchObject({
      message: `${registry.origin.host} wants a login`,
      hint: expect.stringContaining(`docker login ${registry.origin.host}`),
    })
  })

  test('as docker login writes it', async () => {
    const registry = await startRegistry({ login: true })
    const shape = dockerConfiguration({ auths: { [registry.origin.host]: { auth: authOf(alice) } } })
    await push(registry, shape)
    const { sent } = await push(registry, shape)
    expect(sent).toEqual([])
  })

  test('from a helper, which is asked once', async () => {
    const registry = await startRegistry({ login: true })
    const folder = scratchDirectory('helper')
    const [helper, asked] = [join(folder, 'docker-credential-test'), join(folder, 'asked')]
    const answer = JSON.stringify({ Username: alice.user, Secret: alice.password })
    writeFileSync(helper, `#!/bin/sh\ncat >> '${asked}'\necho '${answer}'\n`)
    chmodSync(helper, 0o755)
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
    await push(registry, dockerConfiguration({ credHelpers: { [registry.origin.host]: 'test' } }))
    expect(readFileSync(asked, 'utf8')).toBe(`${registry.origin.host}\n`)
  })

  test('a wrong password is refused, and told to nobody', async () => {
    const registry = await startRegistry({ login: true })
    const wrong = { user: 'alice', password: 'hunter2' }
    const shape = dockerConfiguration({ auths: { [registry.origin.host]: { auth: authOf(wrong) } } })
    const error = await pull(registry, shape).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ message: expect.stringContaining('answers 401') })
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/hunter2|aGVsbG8|YWxpY2U/)
  })
})

describe('tokens', () => {
  const wantsPassword = ({ authorization }: { readonly authorization: string | undefined }) =>
    authorization === `Basic ${authOf(alice)}`

  test('are asked for as the registry says, for what is done and no more', async () => {
    const { tokens, questions } = await startTokenServer(wantsPassword)
    const registry = await startRegistry({ tokens })
    await push(registry, dockerConfiguration({ auths: { [registry.origin.host]: { auth: authOf(alice) } } }))
    const scopes = new Set(questions.flatMap((question) => question.scopes))
    // The order of the words is the registry's.
    const asked = [...scopes].map((scope) => scope.replace('push,pull', 'pull,push')).toSorted()
    const repositories = ['etcd', 'pause', 'slipway-bundle']
    const both = repositories.flatMap((name) => [`repository:${name}:pull`, `repository:${name}:pull,push`])
    expect(both).toEqual(expect.arrayContaining(asked))
    expect(asked).toContain('repository:etcd:pull,push')
    expect(questions.length).toBeLessThan(20)
  })

  test('of a login that gave a refresh token', async () => {
    const { tokens, questions } = await startTokenServer(({ refreshToken }) => refreshToken === 'long-lived')
    const registry = await startRegistry({ tokens })
    await push(
      registry,
      dockerConfiguration({ auths: { [registry.origin.host]: { identitytoken: 'long-lived' } } }),
    )
    expect(new Set(questions.map(({ method }) => method))).toEqual(new Set(['POST']))
  })

  test('that nobody gives out are said to be missing', async () => {
    const { tokens } = await startTokenServer(() => false)
    const registry = await startRegistry({ tokens })
    await expect(pull(registry)).rejects.toThrow(/cannot log in to .* answers 401: who\?/)
  })

  test('that have expired are renewed', async () => {
    const { tokens, questions } = await startTokenServer()
    const registry = await startRegistry({ tokens })
    const used = new Map<string, number>()
    const forgetful = await startFront(registry.origin, ({ headers: { authorization = '' }, path }) => {
      const times = (used.get(authorization) ?? 0) + 1
      used.set(authorization, times)
      if (authorization === '' || times <= 3) return undefined
      const [, repository = ''] = /^\/v2\/(.*)\/(?:blobs|manifests)\//.exec(path) ?? []
      const scope = `repository:${repository}:pull,push`
      const challenge = `Bearer realm="${tokens.realm}",service="${tokens.service}",scope="${scope}"`
      return { kind: 'answer', status: 401, headers: { 'www-authenticate': challenge } }
    })
    await push(forgetful)
    expect(questions.length).toBeGreaterThan(5)
    expect((await push(registry)).sent).toEqual([])
  })

  test('that are never believed are asked for once more, not for ever', async () => {
    const { tokens, questions } = await startTokenServer()
    const registry = await startRegistry({ tokens: { ...tokens, issuer: 'somebody else' } })
    await expect(pull(registry)).rejects.toThrow('answers 401')
    expect(questions).toHaveLength(1)
  })
})

test('storage that the registry sends to gets no password', async () => {
  const registry = await startRegistry()
  pushWithSkopeo(registry, image)
  const seen: (string | undefined)[] = []
  const storage = await startFront(registry.origin, ({ headers }) => {
    seen.push(headers.authorization)
    return undefined
  })
  const front = await startFront(registry.origin, ({ path, headers }) => {
    if (headers.authorization === undefined)
      return { kind: 'answer', status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }
    if (!path.includes('/blobs/')) return undefined
    return { kind: 'answer', status: 307, headers: { location: new URL(path, storage.origin).href } }
  })
  const entry = await pull(
    front,
    dockerConfiguration({ auths: { [front.origin.host]: { auth: authOf(alice) } } }),
  )
  expect(entry.blobs.map(({ digest }) => digest)).toContain(sha256(layer))
  expect(seen).toEqual([undefined, undefined])
})

test('storage that the registry sends to cannot ask for the password either', async () => {
  const { tokens, questions } = await startTokenServer()
  const registry = await startRegistry()
  pushWithSkopeo(registry, image)
  const challenge = `Bearer realm="${tokens.realm}",service="${tokens.service}"`
  const greedy = await startFront(registry.origin, () => ({
    kind: 'answer',
    status: 401,
    headers: { 'www-authenticate': challenge },
  }))
  const front = await startFront(registry.origin, ({ path }) =>
    path.includes('/blobs/')
      ? { kind: 'answer', status: 307, headers: { location: new URL(path, greedy.origin).href } }
      : undefined,
  )
  const shape = dockerConfiguration({ auths: { [front.origin.host]: { auth: authOf(alice) } } })
  await expect(pull(front, shape)).rejects.toThrow(`${greedy.origin.host} answers 401`)
  expect(questions).toEqual([])
})
