/** An addon: a value that makes its objects. */
import type { KubeObject } from '../api/types.ts'
import type { RenderInput } from '../render/types.ts'

export type Addon = {
  readonly id: string
  readonly wanted: (input: RenderInput) => boolean
  readonly objects: (input: RenderInput) => readonly KubeObject[]
}
