/** A cluster as a command knows it before it has talked to anybody. */
import type { ClusterConfig } from '../config/schema.ts'
import type { Secrets } from '../host/credentials.ts'

export type Cluster = {
  readonly clusterFile: string
  readonly config: ClusterConfig
  /** Of the keys in the cluster's folder, where they are sealed, or are to be. */
  readonly passphrase?: string | undefined
  readonly secrets?: Secrets | undefined
}
