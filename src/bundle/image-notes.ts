/** What an image is to a bundle, whoever built it. Takes its row of the table of contents; gives the annotations of its manifest. Pure. */
import type { ImageRow } from './contents.ts'
import { type Annotations, annotations } from './oci.ts'

export const imageNotes = (row: ImageRow): Annotations => ({
  [annotations.component]: row.component,
  [annotations.version]: row.version,
  [annotations.roles]: row.roles.join(','),
  [annotations.imageName]: row.name,
  [annotations.refName]: row.name,
})
