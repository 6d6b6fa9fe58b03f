/** `slipway bundle …` as a user runs it: what is printed, what is data, and which exit code says what. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openBundle } from '../../../src/bundle/open.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { slipway } from '../../support/slipway.ts'
import { type SmallEntry, smallBundle } from '../../support/small-bundle.ts'

const kubelet: SmallEntry = { kind: 'binary', name: '/usr/bin/kubelet', component: 'kubelet' }
const pause: SmallEntry = { kind: 'image', name: 'registry.k8s.io/pause:3.10', component: 'pause' }

beforeEach(() => {
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

test('inspect: a table for people, JSON for programs, and in both who signed', async () => {
  const file = smallBundle({ entries: [kubelet, pause] })
  const { signer } = await openBundle(file)
  const table = await slipway('bundle', 'inspect', file)
  expect(table).toMatchObject({ code: 0, stderr: '' })
  expect(table.stdout).toContain(`signed by ${signer}`)
  expect(table.stdout).toMatch(/^kubelet +1\.2\.3 +linux\/amd64 +0\.0 MB +\/usr\/bin\/kubelet$/m)
  const json = await slipway('bundle', 'inspect', file, '--output', 'json')
  expect(JSON.parse(json.stdout)).toMatchObject({ file, signer, components: [{ component: 'kubelet' }, {}] })
})

describe('verify', () => {
  test('ends with 0 when all is well, and with 2 and what is wrong when it is not', async () => {
    const file = smallBundle({ entries: [kubelet] })
    expect(await slipway('bundle', 'verify', file)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('ok'),
    })
    const bytes = readFileSync(file, 'latin1')
    writeFileSync(file, bytes.replace('the bytes of', 'the bites of'), 'latin1')
    const { code, stdout, stderr } = await slipway('bundle', 'verify', file)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      new RegExp(`^error: ${file} is damaged: blobs/sha256/[0-9a-f]{64}, a part of /usr/bin/kubelet`),
    )
    expect(stderr).toContain('slipway bundle create')
  })

  test('wants the key that it is given, by itself or in a file', async () => {
    const file = smallBundle()
    const { signer } = await openBundle(file)
    const inFile = join(scratchDirectory('key'), 'key.pub')
    writeFileSync(inFile, `${signer}\n`)
    expect((await slipway('bundle', 'verify', file, '--public-key', inFile)).code).toBe(0)
    const other = (await openBundle(smallBundle())).signer
    const refused = await slipway('bundle', 'verify', file, '--public-key', other)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`signed by ${signer}`) })
    const none = await slipway('bundle', 'verify', file, '--public-key', 'abc')
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('not an Ed25519 public key') })
  })
})

test('diff ends with 3 when there is a difference, and with 0 when there is none', async () => {
  const [before, now] = [smallBundle({ entries: [kubelet] }), smallBundle({ entries: [kubelet, pause] })]
  expect(await slipway('bundle', 'diff', before, before)).toMatchObject({
    code: 0,
    stdout: 'No difference\n',
  })
  const diff = await slipway('bundle', 'diff', before, now)
  expect(diff).toMatchObject({
    code: 3,
    stdout: expect.stringMatching(/^\+ {2}registry\.k8s\.io\/pause:3\.10/),
  })
})

test('keygen says where the key is, prints its public half, and makes none where one is', async () => {
  const file = join(process.env['XDG_CONFIG_HOME'] ?? '', 'slipway', 'bundle-key.pem')
  const first = await slipway('bundle', 'keygen')
  expect(first).toMatchObject({ code: 0, stderr: expect.stringContaining(`made ${file}`) })
  expect(first.stdout).toMatch(/^MCowBQYDK2VwAyEA\S{44}\n$/)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const second = await slipway('bundle', 'keygen')
  expect(second).toMatchObject({ code: 0, stdout: first.stdout, stderr: expect.stringContaining('stays') })
})

test('sbom prints what is there, and says so when there is none', async () => {
  const bom = '{"bomFormat":"CycloneDX"}'
  const file = smallBundle({ entries: [kubelet, { kind: 'bom', name: 'bill', layers: [bom] }] })
  expect(await slipway('bundle', 'sbom', file)).toMatchObject({ code: 0, stdout: `${bom}\n` })
  const without = await slipway('bundle', 'sbom', smallBundle())
  expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('has no bill of materials') })
})

test('versions: every release with its reasons, and that nothing is wrong between them', async () => {
  const { code, stdout } = await slipway('bundle', 'versions')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^kubernetes +1\.37\.1$/m)
  expect(stdout).toMatch(/^ {2}etcd +3\.7\.\d+ +\S/m)
  expect(stdout).toMatch(/^ok {2}every etcd member is 3\.6\.11/m)
  expect(stdout).not.toContain('NOT SO')
})

test('a host that joins itself takes no bundle of another signer, and asks nobody first', async () => {
  const bundle = smallBundle({ entries: [kubelet] })
  const { signer } = await openBundle(smallBundle())
  const join = ['join', '192.0.2.1:6443', '--token', 'abcdef.0123456789abcdef']
  const hash = ['--discovery-token-ca-cert-hash', `sha256:${'0'.repeat(64)}`]
  const refused = await slipway(...join, ...hash, '--bundle', bundle, '--public-key', signer)
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`--public-key wants ${signer}`) })
})

describe('a cluster refuses before it connects to anybody', () => {
  /** The host's address is for documentation (RFC 5737): nobody has it. */
  const clusterFile = (publicKey: string): string => {
    const file = join(scratchDirectory('cluster'), 'cluster.yaml')
    const lines = [
      'apiVersion: slipway/v1',
      'kind: Cluster',
      'name: demo',
      'kubernetes: { version: 1.37.1 }',
      `bundle: { publicKey: ${publicKey} }`,
      'hosts: [{ name: cp1, address: 192.0.2.1, role: control-plane }]',
    ]
    writeFileSync(file, lines.join('\n'))
    return file
  }

  test('a bundle of another signer, and one that lacks something', async () => {
    const bundle = smallBundle({ entries: [kubelet] })
    const [signer, other] = [await openBundle(bundle), await openBundle(smallBundle())].map(
      (each) => each.signer,
    )
    const refused = await slipway('apply', '-c', clusterFile(other ?? ''), '--bundle', bundle)
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain(
      `${bundle} is signed by ${signer}, and bundle.publicKey in the cluster file wants ${other}`,
    )
    const lacking = await slipway('apply', '-c', clusterFile(signer ?? ''), '--bundle', bundle)
    expect(lacking.code).toBe(2)
    expect(lacking.stderr).toMatch(/lacks containerd \(amd64\), .*the image of etcd \(amd64\)/)
  })

  test('a file that names no key', async () => {
    const refused = await slipway('config', 'validate', '-c', clusterFile('abc'))
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(':5:22: bundle.publicKey') })
    expect(refused.stderr).toContain('must be a public key on one line')
  })
})
