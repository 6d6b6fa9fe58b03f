/** The commands, as a user runs them, against a registry with a private CA and a login. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { alice, startRegistry } from '../../support/registry.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { serverCertificate } from '../../support/server-certificate.ts'
import { slipway } from '../../support/slipway.ts'
import { smallBundle } from '../../support/small-bundle.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('a bundle goes there and comes back', async () => {
  const { ca, certificate, key } = serverCertificate()
  const { origin } = await startRegistry({ tls: { certificate, key }, login: true })
  const docker = scratchDirectory('docker')
  const auth = Buffer.from(`${alice.user}:${alice.password}`).toString('base64')
  writeFileSync(join(docker, 'config.json'), JSON.stringify({ auths: { [origin.host]: { auth } } }))
  vi.stubEnv('DOCKER_CONFIG', docker)
  const file = smallBundle({ entries: [{ kind: 'image', name: 'registry.k8s.io/pause:3.10' }] })
  const place = `${origin.host}/k8s`

  const pushed = await slipway('bundle', 'push', file, place, '--ca-file', ca)
  expect(pushed).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${place}/slipway-bundle@sha256:`),
  })
  expect(pushed.stderr).toContain('tagged 1.37.1-amd64')
  const again = await slipway('bundle', 'push', file, place, '--ca-file', ca)
  expect(again).toMatchObject({
    code: 0,
    stdout: pushed.stdout,
    stderr: expect.stringContaining('0 blobs sent'),
  })

  const from = ['--source', 'registry', '--from', place, '--ca-file', ca, '--arch', 'amd64']
  const output = join(scratchDirectory('output'), 'again.bundle')
  const made = await slipway('bundle', 'create', ...from, '-o', output)
  expect(made).toMatchObject({
    code: 0,
    stdout: `${output}\n`,
    stderr: expect.stringContaining('is signed by'),
  })
  expect(readFileSync(output)).toEqual(readFileSync(file))
})
