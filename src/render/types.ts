/** What rendering takes and gives. */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import type { HostFacts } from '../facts/types.ts'

/** A file as it is to stand on a host, owned by root. */
export type FileContent = {
  readonly path: string
  readonly mode: number
  readonly content: string
  readonly secret?: boolean
  /** Where its temporary file is made, when that may not be beside it. */
  readonly staging?: string
}

/** Of files on this machine that the registry section names: their texts. */
export type RegistryTexts = {
  readonly caPem: string | undefined
  /** By the names of registry.credentials. Secret. */
  readonly passwords: ReadonlyMap<string, string>
}

/** What the whole cluster shares: enough for what is in the cluster rather than on a host. */
export type ClusterInput = {
  readonly config: ClusterConfig
  /** Component → the image name that its manifest asks for. */
  readonly images: Readonly<Record<string, string>>
  /** Where nodes and users find the API. */
  readonly endpoint: { readonly host: string; readonly port: number }
  readonly caPem: string
}

export type RenderInput = ClusterInput & {
  readonly host: HostConfig
  readonly facts: HostFacts
  /** Component → a hash of all that it is started with: another hash is another static pod. */
  readonly startedWith?: Readonly<Record<string, string>>
}
