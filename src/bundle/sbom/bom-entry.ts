/**
 * A bundle's bill of materials, as one more entry of it. Takes the other entries, whose blobs are in the store; gives the entry. It is
 * no image and nobody's binary, so no host is sent any of it.
 */
import { readFile } from 'node:fs/promises'
import { blobPath, storeText } from '../blobs.ts'
import { parseManifest } from '../documents.ts'
import type { Entry } from '../make.ts'
import { annotations, type Descriptor, mediaTypes } from '../oci.ts'
import { storeArtifact } from '../store-artifact.ts'
import { blobContents } from './blob-contents.ts'
import { type Ingredient, makeBom } from './cyclonedx.ts'
import { knownLicences } from './licences.ts'

const ingredient = async (descriptor: Descriptor): Promise<Ingredient> => {
  const manifest = parseManifest(await readFile(blobPath(descriptor.digest), 'utf8'))
  if (!manifest) throw new Error(`the manifest ${descriptor.digest} in the store cannot be read`)
  const contents: Ingredient['contents'][number][] = []
  for (const layer of manifest.layers) contents.push(await blobContents(layer))
  return { descriptor, contents }
}

export const bomEntry = async (kubernetes: string, entries: readonly Entry[]): Promise<Entry> => {
  const ingredients: Ingredient[] = []
  for (const { manifest } of entries) ingredients.push(await ingredient(manifest))
  const bom = makeBom({ kubernetes, entries: ingredients, licences: knownLicences() })
  const blob = await storeText(mediaTypes.bom, JSON.stringify(bom))
  const { manifest, blobs } = await storeArtifact(mediaTypes.bom, blob)
  return { manifest: { ...manifest, annotations: { [annotations.component]: 'bill of materials' } }, blobs }
}
