/**
 * A bill of materials as CycloneDX 1.6 has it. Takes what is in a bundle and what that is made of; gives the document. It has no date
 * and no serial number, and everything in it is sorted: equal bundles have equal ones. Pure.
 */
import { annotations, type Descriptor, mediaTypes } from '../oci.ts'
import type { BlobContents, DebianPackage, GoExecutable } from './blob-contents.ts'
import type { GoModule } from './go-build-info.ts'
import type { Licences } from './licences.ts'

type Property = { readonly name: string; readonly value: string }

export type BomComponent = {
  readonly type: 'application' | 'container' | 'library'
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[]
  readonly licenses?: readonly (
    | { readonly license: { readonly id: string } }
    | { readonly expression: string }
  )[]
  readonly purl?: string
  readonly properties?: readonly Property[]
}

export type Bom = {
  readonly bomFormat: 'CycloneDX'
  readonly specVersion: '1.6'
  readonly version: 1
  readonly metadata: { readonly component: BomComponent }
  readonly components: readonly BomComponent[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

export type Ingredient = { readonly descriptor: Descriptor; readonly contents: readonly BlobContents[] }

export type BomInput = {
  readonly kubernetes: string
  readonly entries: readonly Ingredient[]
  readonly licences: Licences
}

const isBinary = ({ artifactType }: Descriptor): boolean => artifactType === mediaTypes.binary

const platformOf = ({ platform }: Descriptor): string =>
  `${platform?.os ?? ''}/${platform?.architecture ?? ''}`

/** What an entry of the bundle is called in the bill. Not by its digest: several executables of one layer have the same. */
export const refOf = (descriptor: Descriptor): string => {
  const { [annotations.imageName]: image, [annotations.path]: path } = descriptor.annotations ?? {}
  return `${image ?? path ?? descriptor.digest}#${platformOf(descriptor)}`
}

const entryComponent = (descriptor: Descriptor): BomComponent => {
  const note = (key: string): string | undefined => descriptor.annotations?.[key]
  const sum = isBinary(descriptor) ? note(annotations.sha256) : descriptor.digest.replace('sha256:', '')
  return {
    type: isBinary(descriptor) ? 'application' : 'container',
    'bom-ref': refOf(descriptor),
    name: note(annotations.component) ?? '',
    version: note(annotations.version) ?? '',
    hashes: [{ alg: 'SHA-256', content: sum ?? '' }],
    properties: [
      { name: 'slipway:platform', value: platformOf(descriptor) },
      isBinary(descriptor)
        ? { name: 'slipway:path', value: note(annotations.path) ?? '' }
        : { name: 'slipway:image', value: note(annotations.imageName) ?? '' },
    ],
  }
}

const licensesOf = (expression: string | undefined): Pick<BomComponent, 'licenses'> => {
  if (expression === undefined) return {}
  return { licenses: [expression.includes(' ') ? { expression } : { license: { id: expression } }] }
}

/** Package URLs (purl-spec): names of Go modules in lower case, what is special in a version encoded. */
const goUrl = ({ path, version }: GoModule): string =>
  `pkg:golang/${path.toLowerCase()}@${encodeURIComponent(version)}`

const moduleComponent = (module: GoModule, licences: Licences): BomComponent => ({
  type: 'library',
  'bom-ref': goUrl(module),
  name: module.path,
  version: module.version,
  ...licensesOf(licences[module.path]),
  purl: goUrl(module),
  ...(module.sum ? { properties: [{ name: 'go:sum', value: module.sum }] } : {}),
})

const packageComponent = ({ name, version, arch }: DebianPackage): BomComponent => {
  const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}`
  return { type: 'library', 'bom-ref': purl, name, version, purl }
}

/** What we build ourselves has no version, and is in the bundle as a component already. */
const isOurs = ({ version }: GoModule): boolean => version === '(devel)'

/** Of a layer with many, only its own executable is a part of an entry that is one; an image has them all. */
const isPartOf =
  (descriptor: Descriptor) =>
  ({ file }: GoExecutable): boolean => {
    if (!isBinary(descriptor) || file === undefined) return true
    const { [annotations.target]: target, [annotations.path]: path } = descriptor.annotations ?? {}
    return file === (target ?? path)
  }

const librariesIn = ({ descriptor, contents }: Ingredient, licences: Licences): readonly BomComponent[] =>
  contents.flatMap(({ go, debian }) => [
    ...go
      .filter(isPartOf(descriptor))
      .flatMap(({ go: compiler, modules }) => [
        moduleComponent({ path: 'stdlib', version: compiler.replace(/^go/, '') }, licences),
        ...modules.filter((module) => !isOurs(module)).map((module) => moduleComponent(module, licences)),
      ]),
    ...debian.map(packageComponent),
  ])

/** Sorted by the bytes of their names, whatever the language of the machine. */
const sorted = (refs: Iterable<string>): readonly string[] => [...new Set(refs)].toSorted()

export const makeBom = ({ kubernetes, entries, licences }: BomInput): Bom => {
  const bundle: BomComponent = {
    type: 'application',
    'bom-ref': 'bundle',
    name: 'slipway-bundle',
    version: kubernetes,
  }
  const made = entries.map((entry) => ({
    component: entryComponent(entry.descriptor),
    libraries: librariesIn(entry, licences),
  }))
  const libraries = new Map(
    made.flatMap((entry) => entry.libraries).map((library) => [library['bom-ref'], library]),
  )
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: bundle },
    components: [
      ...made.map(({ component }) => component),
      ...sorted(libraries.keys()).flatMap((ref) => libraries.get(ref) ?? []),
    ],
    dependencies: [
      { ref: 'bundle', dependsOn: sorted(made.map(({ component }) => component['bom-ref'])) },
      ...made.map((entry) => ({
        ref: entry.component['bom-ref'],
        dependsOn: sorted(entry.libraries.map((library) => library['bom-ref'])),
      })),
    ],
  }
}
