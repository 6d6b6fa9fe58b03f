/** The bill of materials of a bundle. Takes one that was opened; gives the document as text, or what it says of licences. */
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { mediaTypes, sha256 } from '../oci.ts'
import type { Bundle } from '../open.ts'
import { damaged } from '../places.ts'

export const isBom = ({ artifactType }: { readonly artifactType?: string }): boolean =>
  artifactType === mediaTypes.bom

/** A hundred times ours: it is read as one. */
const largestBom = 64 * 1024 * 1024

/** Undefined when the bundle is of before there were any. */
export const bomText = async (bundle: Bundle): Promise<string | undefined> => {
  const [layer] = bundle.entries.find(({ descriptor }) => isBom(descriptor))?.manifest.layers ?? []
  if (!layer) return undefined
  if (layer.size > largestBom)
    throw damaged(bundle.file, `has a bill of materials of ${layer.size} bytes, far too many`)
  const document = await text(bundle.read(layer.digest))
  if (sha256(document) === layer.digest) return document
  throw damaged(bundle.file, `is damaged: its bill of materials is not ${layer.digest}`)
}

const shape = z.object({
  components: z.array(
    z.object({
      'bom-ref': z.string(),
      licenses: z
        .array(
          z.union([
            z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => [license.id]),
            z.object({ expression: z.string() }).transform(({ expression }) => expression.split(' AND ')),
          ]),
        )
        .default([]),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
})

/** What an entry is called in the bill → under which licences that is what it is made of. */
export type EntryLicences = ReadonlyMap<string, readonly string[]>

/** What SPDX says where nobody says anything. */
export const unknownLicence = 'NOASSERTION'

const licencesIn = ({ components, dependencies }: z.output<typeof shape>): EntryLicences => {
  const known = new Map(components.map((component) => [component['bom-ref'], component.licenses]))
  const licencesOf = (ref: string): readonly string[] => {
    const licences = known.get(ref)?.flat() ?? []
    return licences.length > 0 ? licences : [unknownLicence]
  }
  return new Map(
    dependencies.map(({ ref, dependsOn }) => {
      const parts = dependsOn.length > 0 ? dependsOn : [ref]
      return [ref, [...new Set(parts.flatMap(licencesOf))].toSorted()]
    }),
  )
}

const parsed = (document: string): z.output<typeof shape> | undefined => {
  try {
    return shape.parse(JSON.parse(document))
  } catch {
    return undefined
  }
}

export const bomLicences = async (bundle: Bundle): Promise<EntryLicences> => {
  const document = await bomText(bundle)
  if (document === undefined) return new Map()
  const bom = parsed(document)
  if (!bom) throw damaged(bundle.file, "cannot be read: its bill of materials is not one of CycloneDX's")
  return licencesIn(bom)
}
