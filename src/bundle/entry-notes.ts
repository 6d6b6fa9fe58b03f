/**
 * What the index says of an executable or an image: where it goes, for whom, and what it is. Takes the descriptor of somebody else's
 * bundle; gives what is wrong with it. Hosts act on these words, so a word that cannot be meant is refused when the bundle is opened.
 */
import { z } from 'zod'
import { annotations, type Descriptor, mediaTypes } from './oci.ts'

const roles = z.string().regex(/^(control-plane|worker)(,(control-plane|worker))*$/)
/** Absolute, and what it says: without "..". */
const path = z.string().regex(/^(\/(?!\.\.?(\/|$))[^/\0\n]+)+$/)

const common = {
  [annotations.component]: z.string().min(1),
  [annotations.version]: z.string(),
  [annotations.roles]: roles,
}

const binary = z.object({
  ...common,
  [annotations.path]: path,
  [annotations.target]: path.optional(),
  [annotations.mode]: z.string().regex(/^[0-7]{3,4}$/),
  [annotations.sha256]: z.string().regex(/^[0-9a-f]{64}$/),
  [annotations.size]: z.string().regex(/^\d{1,15}$/),
})

/** A reference as distribution's grammar has it, roughly: no blank, no line break, no quote. */
const image = z.object({ ...common, [annotations.imageName]: z.string().regex(/^[\w][\w./:@-]*$/) })

const shapeFor = ({ artifactType, annotations: notes = {} }: Descriptor): z.ZodType | undefined => {
  if (artifactType === mediaTypes.binary) return binary
  return notes[annotations.imageName] === undefined ? undefined : image
}

/** The names of the notes that are missing or cannot be. */
export const unsoundNotes = (descriptor: Descriptor): readonly string[] => {
  const checked = shapeFor(descriptor)?.safeParse(descriptor.annotations ?? {})
  return checked?.success === false ? checked.error.issues.map(({ path: at }) => at.join('.')) : []
}
