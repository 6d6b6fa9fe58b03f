/**
 * Images put into a registry by skopeo: what somebody else's program writes, and we read. Takes what is in them; gives their digests.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Descriptor, mediaTypes, sha256 } from '../../src/bundle/oci.ts'
import type { Registry } from './registry.ts'
import { scratchDirectory } from './scratch.ts'

export type TestImage = {
  readonly repository: string
  readonly tag: string
  /** Architecture → its layers. One alone is pushed without an index. */
  readonly layers: Readonly<Record<string, readonly Buffer[]>>
}

const layerType = 'application/vnd.oci.image.layer.v1.tar'

type Store = (mediaType: string, bytes: Buffer) => Descriptor

const imageOf = (store: Store, architecture: string, layers: readonly Buffer[]): Descriptor => {
  const config = {
    architecture,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
  }
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: store(mediaTypes.imageConfig, Buffer.from(JSON.stringify(config))),
    layers: layers.map((layer) => store(layerType, layer)),
  }
  const descriptor = store(mediaTypes.manifest, Buffer.from(JSON.stringify(manifest)))
  return { ...descriptor, platform: { os: 'linux', architecture } }
}

/** An OCI layout in a folder. Gives the descriptor of what it holds. */
export const writeLayout = (folder: string, { layers }: TestImage): Descriptor => {
  const blobs = join(folder, 'blobs', 'sha256')
  mkdirSync(blobs, { recursive: true })
  const store: Store = (mediaType, bytes) => {
    const digest = sha256(bytes)
    writeFileSync(join(blobs, digest.replace('sha256:', '')), bytes)
    return { mediaType, digest, size: bytes.length }
  }
  const images = Object.entries(layers).map(([architecture, own]) => imageOf(store, architecture, own))
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests: images }
  const [only] = images
  const all = only && images.length === 1 ? only : store(mediaTypes.index, Buffer.from(JSON.stringify(index)))
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}')
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [all] }),
  )
  return all
}

/** Without the policy file that distributions install: nothing is trusted here but loopback. */
export const skopeo = (...args: readonly string[]): string =>
  execFileSync('skopeo', ['--insecure-policy', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

export type Login = { readonly user: string; readonly password: string }

export const pushWithSkopeo = ({ origin }: Registry, image: TestImage, login?: Login): Descriptor => {
  const folder = scratchDirectory('layout')
  const descriptor = writeLayout(folder, image)
  const target = `docker://${origin.host}/${image.repository}:${image.tag}`
  skopeo(
    'copy',
    ...['--all', '--preserve-digests', '--dest-tls-verify=false', '--quiet'],
    ...(login ? ['--dest-creds', `${login.user}:${login.password}`] : []),
    `oci:${folder}`,
    target,
  )
  return descriptor
}
