/** From a bundle to a registry and back: the very same file, signed by whom it was signed. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mediaTypes, sha256 } from '../../../src/bundle/oci.ts'
import { openBundle } from '../../../src/bundle/open.ts'
import { signatureManifest, signatureTag } from '../../../src/bundle/registry/artifact.ts'
import { pushBlob } from '../../../src/bundle/registry/push-blob.ts'
import { pushBundle } from '../../../src/bundle/registry/push-bundle.ts'
import { pushDocument } from '../../../src/bundle/registry/push-document.ts'
import { parsePlace } from '../../../src/bundle/registry/reference.ts'
import { bundleFromRegistry } from '../../../src/bundle/sources/registry.ts'
import { startFront } from '../../support/front-server.ts'
import { type Registry, startRegistry } from '../../support/registry.ts'
import { sessionTo } from '../../support/registry-client.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { type SmallEntry, signed, smallBundle } from '../../support/small-bundle.ts'

beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('cache'))
  vi.stubEnv('XDG_CONFIG_HOME', scratchDirectory('config'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const say = (): void => undefined

const entriesFor = (arch: string): readonly SmallEntry[] => [
  { kind: 'binary', name: '/usr/bin/kubelet', arch, layers: [`kubelet for ${arch}`] },
  { kind: 'image', name: 'registry.k8s.io/pause:3.10', arch, layers: ['shared', `pause for ${arch}`] },
  { kind: 'image', name: 'registry.k8s.io/etcd:3.7.3-0', arch, layers: ['shared'] },
]

const repository = 'team/k8s/slipway-bundle'
const placeIn = ({ origin }: Pick<Registry, 'origin'>) => parsePlace(`${origin.href}team/k8s`)

const push = async (file: string, registry: Registry) => {
  const [bundle, session] = await Promise.all([openBundle(file), sessionTo(registry)])
  return pushBundle({ bundle, session, place: placeIn(registry), say })
}

const pull = async (registry: Pick<Registry, 'origin'>, arches: readonly string[]): Promise<string> =>
  bundleFromRegistry({
    session: await sessionTo(registry),
    place: placeIn(registry),
    kubernetes: '1.37.1',
    arches,
    output: join(scratchDirectory('output'), 'pulled.bundle'),
    say,
  })

test('what comes back is the same, byte for byte, and no key is made for it', async () => {
  const registry = await startRegistry()
  const bill: SmallEntry = { kind: 'bom', name: 'bill of materials', layers: ['{}'] }
  const file = smallBundle({ entries: [...entriesFor('amd64'), ...entriesFor('arm64'), bill] })
  await push(file, registry)
  for (const arches of [['amd64'], ['arm64', 'amd64']])
    expect(readFileSync(await pull(registry, arches))).toEqual(readFileSync(file))
  expect(existsSync(join(process.env['XDG_CONFIG_HOME'] ?? '', 'slipway'))).toBe(false)
})

test('what is on this machine already is not fetched again', async () => {
  const registry = await startRegistry()
  await push(smallBundle({ entries: entriesFor('amd64') }), registry)
  await pull(registry, ['amd64'])
  await registry.requests()
  await pull(registry, ['amd64'])
  expect((await registry.requests()).filter((line) => line.includes('/blobs/'))).toEqual([])
})

test('of each architecture the bundle that was pushed last is found', async () => {
  const registry = await startRegistry()
  const [amd64, arm64] = [entriesFor('amd64'), entriesFor('arm64')].map((entries) => smallBundle({ entries }))
  for (const file of [amd64, arm64]) await push(file ?? '', registry)
  expect(readFileSync(await pull(registry, ['amd64']))).toEqual(readFileSync(amd64 ?? ''))
  expect(readFileSync(await pull(registry, ['arm64']))).toEqual(readFileSync(arm64 ?? ''))
  await expect(pull(registry, ['amd64', 'arm64'])).rejects.toThrow('is for amd64, and not for all of')
})

test('without a bundle there, or without its signature, it says which and what to do', async () => {
  const registry = await startRegistry()
  const empty = pull(registry, ['amd64'])
  await expect(empty).rejects.toMatchObject({
    message: expect.stringContaining('there is no bundle 127.0.0.1:'),
    hint: expect.stringContaining('slipway bundle push'),
  })
  await push(smallBundle({ entries: entriesFor('amd64') }), registry)
  const hidden = await startFront(registry.origin, ({ path }) =>
    path.endsWith('.sig') ? { kind: 'answer', status: 404 } : undefined,
  )
  await expect(pull(hidden, ['amd64'])).rejects.toThrow('has no signature')
})

/** Puts a signature beside an index that is in the registry already. */
const pushSignature = async (registry: Registry, indexDigest: string, signature: string): Promise<void> => {
  const session = await sessionTo(registry)
  const manifest = signatureManifest(signature)
  const open = () => Readable.from([Buffer.from(signature)])
  for (const { digest, size } of manifest.layers)
    await pushBlob({ session, repository, digest, size, from: 'test', open })
  const document = { mediaType: mediaTypes.manifest, text: JSON.stringify(manifest) }
  await pushDocument({ session, repository, tag: signatureTag(indexDigest), ...document })
}

test('the signature of another index is refused', async () => {
  const registry = await startRegistry()
  const [file, other] = [entriesFor('amd64'), entriesFor('arm64')].map((entries) => smallBundle({ entries }))
  const { name } = await push(file ?? '', registry)
  const { signature } = (await openBundle(other ?? '')).signed
  await pushSignature(registry, name.replace(/.*@/, ''), signature)
  await expect(pull(registry, ['amd64'])).rejects.toThrow('the signature is not of its index')
})

test('an index that is wrong about a size makes no bundle, whoever signed it', async () => {
  const registry = await startRegistry()
  const file = smallBundle({ entries: entriesFor('amd64') })
  await push(file, registry)
  const { signed: sound, entries } = await openBundle(file)
  const [{ descriptor }] = entries as [(typeof entries)[number]]
  const text = sound.index.replace(`"size":${descriptor.size}`, `"size":${descriptor.size + 1}`)
  const session = await sessionTo(registry)
  await pushDocument({ session, repository, tag: '1.37.1-amd64', mediaType: mediaTypes.index, text })
  await pushSignature(registry, sha256(text), signed(text))
  await expect(pull(registry, ['amd64'])).rejects.toThrow(
    `${descriptor.digest} is not ${descriptor.size + 1} bytes long`,
  )
})
