/** What rendering takes and gives. */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import type { HostFacts } from '../facts/types.ts'
import type { FileContent } from '../plan/steps.ts'

export type { FileContent }

export type RenderInput = {
  readonly config: ClusterConfig
  readonly host: HostConfig
  readonly facts: HostFacts
  /** Component → image name. */
  readonly images: Readonly<Record<string, string>>
  readonly endpoint: { readonly host: string; readonly port: number }
  readonly caPem: string
}
