/** A cluster as a command knows it before it has talked to anybody. */
import type { ClusterConfig } from '../config/schema.ts'

export type Cluster = {
  readonly clusterFile: string
  readonly config: ClusterConfig
  /** Of the keys in the cluster's folder, where they are sealed, or are to be. */
  readonly passphrase?: string | undefined
  /** Told every password that is read on the way to its hosts, so that none is shown. */
  readonly secrets?: { readonly add: (secret: string) => void } | undefined
}
