/** The small documents of a bundle. Takes their texts, which somebody else wrote; gives them checked, or undefined. Pure. */
import { z } from 'zod'
import type { Index, Manifest } from './oci.ts'

const texts = z.record(z.string(), z.string())

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  size: z.int().min(0),
  annotations: texts.exactOptional(),
  artifactType: z.string().exactOptional(),
  platform: z.looseObject({ os: z.string(), architecture: z.string() }).exactOptional(),
})

const index = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string(),
  manifests: z.array(descriptor),
  annotations: texts.exactOptional(),
})

const manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string(),
  artifactType: z.string().exactOptional(),
  config: descriptor,
  layers: z.array(descriptor),
})

const parsed = <T>(shape: z.ZodType<T>, text: string): T | undefined => {
  try {
    return shape.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export const parseIndex = (text: string): Index | undefined => parsed(index, text)
export const parseManifest = (text: string): Manifest | undefined => parsed(manifest, text)
