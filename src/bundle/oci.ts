/** The documents of an OCI image layout (image-spec 1.1), and the annotations that say what a bundle's entries are. */
import { createHash } from 'node:crypto'

export const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  imageConfig: 'application/vnd.oci.image.config.v1+json',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
  empty: 'application/vnd.oci.empty.v1+json',
  binary: 'application/vnd.slipway.binary.v1',
  binaryBlob: 'application/vnd.slipway.binary.v1+gzip',
  bom: 'application/vnd.cyclonedx+json',
} as const

export const annotations = {
  component: 'dev.slipway.component',
  version: 'dev.slipway.version',
  roles: 'dev.slipway.roles',
  path: 'dev.slipway.path',
  /** Where the executable itself is, where `path` is a link to it; in an image layer it has the same path as on hosts. */
  target: 'dev.slipway.target',
  mode: 'dev.slipway.mode',
  sha256: 'dev.slipway.sha256',
  size: 'dev.slipway.size',
  kubernetes: 'dev.slipway.kubernetes',
  edition: 'dev.slipway.edition',
  imageName: 'io.containerd.image.name',
  refName: 'org.opencontainers.image.ref.name',
} as const

export type Annotations = Readonly<Record<string, string>>

export type Descriptor = {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
  readonly annotations?: Annotations
  readonly artifactType?: string
  readonly platform?: { readonly os: string; readonly architecture: string }
}

export type Manifest = {
  readonly schemaVersion: 2
  readonly mediaType: string
  readonly artifactType?: string
  readonly config: Descriptor
  readonly layers: readonly Descriptor[]
}

export type Index = {
  readonly schemaVersion: 2
  readonly mediaType: string
  readonly manifests: readonly Descriptor[]
  readonly annotations?: Annotations
}

export const sha256 = (bytes: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

export const emptyBlob = '{}'
