/**
 * Says what is in a bundle. Takes one that was opened, and under which licences its entries are; gives a row a component, and what they
 * are together. Pure.
 */
import { annotations, mediaTypes } from './oci.ts'
import type { Bundle, BundleEntry } from './open.ts'
import { refOf } from './sbom/cyclonedx.ts'
import { type EntryLicences, isBom } from './sbom/read-bom.ts'

export type BundleRow = {
  readonly kind: 'binary' | 'image'
  readonly component: string
  readonly version: string
  readonly platform: string
  readonly roles: readonly string[]
  /** A path on the host, or an image's name. */
  readonly name: string
  readonly digest: string
  /** Of its blobs; several rows may share one. */
  readonly bytes: number
  /** Of all that it is made of; none where the bundle has no bill of materials. */
  readonly licences: readonly string[]
}

export type BundleSummary = {
  readonly file: string
  readonly kubernetes: string
  readonly edition: string | undefined
  readonly architectures: readonly string[]
  readonly signer: string
  /** Of all files in it, each once. */
  readonly bytes: number
  readonly components: readonly BundleRow[]
}

const rowOf = ({ descriptor, manifest }: BundleEntry, licences: EntryLicences): BundleRow => {
  const note = (key: string): string => descriptor.annotations?.[key] ?? ''
  const { os = '', architecture = '' } = descriptor.platform ?? {}
  return {
    kind: descriptor.artifactType === mediaTypes.binary ? 'binary' : 'image',
    component: note(annotations.component),
    version: note(annotations.version),
    platform: `${os}/${architecture}`,
    roles: note(annotations.roles).split(','),
    name: note(annotations.imageName) || note(annotations.path),
    digest: descriptor.digest,
    bytes: manifest.layers.reduce((sum, { size }) => sum + size, 0),
    licences: licences.get(refOf(descriptor)) ?? [],
  }
}

export const inspectBundle = (bundle: Bundle, licences: EntryLicences = new Map()): BundleSummary => ({
  file: bundle.file,
  kubernetes: bundle.kubernetes,
  edition: bundle.edition,
  architectures: bundle.architectures,
  signer: bundle.signer,
  bytes: [...bundle.places.values()].reduce((sum, { size }) => sum + size, 0),
  components: bundle.entries
    .filter(({ descriptor }) => !isBom(descriptor))
    .map((entry) => rowOf(entry, licences)),
})
