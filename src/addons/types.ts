/** An addon: a value that makes its objects. */
import type { KubeObject } from '../api/types.ts'
import type { ClusterInput } from '../render/types.ts'

export type Addon = {
  readonly id: string
  readonly wanted: (input: ClusterInput) => boolean
  readonly objects: (input: ClusterInput) => readonly KubeObject[]
}
