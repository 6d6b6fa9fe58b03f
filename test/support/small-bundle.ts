/** A bundle of a few bytes, signed like a real one. Takes its release, its entries, and maybe how to spoil it; gives the file. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  annotations,
  type Descriptor,
  type Index,
  type Manifest,
  mediaTypes,
  sha256,
} from '../../src/bundle/oci.ts'
import { type TarFile, tarOf } from '../../src/host/tar.ts'
import { scratchDirectory } from './scratch.ts'

export type SmallEntry = {
  readonly kind: 'binary' | 'image' | 'bom'
  /** A path on the host, or an image's name. */
  readonly name: string
  readonly component?: string
  readonly roles?: readonly string[]
  readonly arch?: string
  /** One blob each. */
  readonly layers?: readonly string[]
  /** Of an executable: where it is itself, when its name is a link; and that its one blob is a layer, which images have too. */
  readonly target?: string
  readonly inLayer?: boolean
}

const described = (mediaType: string, text: string): Descriptor => ({
  mediaType,
  digest: sha256(text),
  size: Buffer.byteLength(text),
})

const blobFile = (text: string): TarFile => ({
  name: `blobs/sha256/${sha256(text).slice('sha256:'.length)}`,
  content: Buffer.from(text),
})

const notesOf = (
  { kind, name, target, component = name, roles = ['control-plane', 'worker'] }: SmallEntry,
  layer = '',
) => ({
  [annotations.component]: component,
  [annotations.version]: '1.2.3',
  [annotations.roles]: roles.join(','),
  ...(kind === 'image'
    ? { [annotations.imageName]: name }
    : {
        [annotations.path]: name,
        ...(target === undefined ? {} : { [annotations.target]: target }),
        [annotations.mode]: '755',
        [annotations.sha256]: sha256(layer).slice('sha256:'.length),
        [annotations.size]: String(Buffer.byteLength(layer)),
      }),
})

const typesOf = {
  binary: { artifactType: mediaTypes.binary, layerType: mediaTypes.binaryBlob },
  image: { artifactType: undefined, layerType: mediaTypes.zstdLayer },
  bom: { artifactType: mediaTypes.bom, layerType: mediaTypes.bom },
} as const

const packed = (entry: SmallEntry) => {
  const layers = entry.layers ?? [`the bytes of ${entry.name}`]
  const { artifactType, layerType } = typesOf[entry.kind]
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: described(mediaTypes.empty, '{}'),
    layers: layers.map((text) => described(entry.inLayer ? mediaTypes.zstdLayer : layerType, text)),
  }
  const text = JSON.stringify(manifest)
  const descriptor: Descriptor = {
    ...described(mediaTypes.manifest, text),
    ...(artifactType && { artifactType }),
    ...(entry.kind === 'bom'
      ? { annotations: { [annotations.component]: entry.name } }
      : {
          platform: { os: 'linux', architecture: entry.arch ?? 'amd64' },
          annotations: notesOf(entry, layers[0]),
        }),
  }
  return { descriptor, texts: [text, '{}', ...layers] }
}

export const signed = (text: string): string => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return JSON.stringify({
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }),
    signature: sign(null, Buffer.from(text), privateKey).toString('base64'),
  })
}

export type SmallBundle = {
  readonly kubernetes?: string
  readonly edition?: string
  readonly entries?: readonly SmallEntry[]
  /** From what a sound bundle would hold to what this one does. */
  readonly spoil?: (files: readonly TarFile[]) => readonly TarFile[]
}

export const smallBundle = ({
  kubernetes = '1.37.1',
  edition,
  entries = [],
  spoil,
}: SmallBundle = {}): string => {
  const all = entries.map(packed)
  const index: Index = {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: all.map(({ descriptor }) => descriptor),
    annotations: { [annotations.kubernetes]: kubernetes, ...(edition && { [annotations.edition]: edition }) },
  }
  const text = JSON.stringify(index)
  const blobs = [...new Set(all.flatMap(({ texts }) => texts))].map(blobFile)
  const files: readonly TarFile[] = [
    { name: 'oci-layout', content: Buffer.from('{"imageLayoutVersion":"1.0.0"}') },
    { name: 'index.json', content: Buffer.from(text) },
    { name: 'index.json.sig', content: Buffer.from(signed(text)) },
    ...blobs,
  ]
  const path = join(scratchDirectory('bundle'), 'small.bundle')
  writeFileSync(path, tarOf(spoil?.(files) ?? files))
  return path
}
