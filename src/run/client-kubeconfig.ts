/** A kubeconfig for a person. Takes the cluster and who it is for; gives its text, its context and until when it works. */
import { X509Certificate } from 'node:crypto'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { serverUrl } from '../phases/render-input.ts'
import { type Authorities, trustBundle } from '../pki/authorities.ts'
import { mintClient } from '../pki/client.ts'
import type { PemPair } from '../pki/issue.ts'
import { personKubeconfig } from '../pki/kubeconfigs.ts'
import type { Subject } from '../pki/names.ts'
import type { Cluster } from './cluster.ts'
import { clusterStore } from './cluster-store.ts'

/** Of a cluster that has been made. */
export const authoritiesOf = async (cluster: Cluster): Promise<Authorities> => {
  const authorities = await clusterStore(cluster).load()
  if (authorities) return authorities
  throw new UserError(`there is no cluster ${cluster.config.name} yet`, {
    hint: `make it: slipway apply -c ${cluster.clusterFile}`,
  })
}

export type IssuedKubeconfig = {
  readonly text: string
  readonly keyPem: string
  readonly context: string
  readonly expires: Date
}

export type KubeconfigRequest = {
  readonly subject: Subject
  readonly seconds: number
  /** What a CA that does not sign here has given already. */
  readonly certified?: PemPair | undefined
}

export const issueKubeconfig = async (
  config: ClusterConfig,
  authorities: Authorities,
  { subject, seconds, certified }: KubeconfigRequest,
): Promise<IssuedKubeconfig> => {
  const pair = certified ?? (await mintClient({ ...subject, authorities, seconds, now: new Date() }))
  const caPem = trustBundle(authorities.ca)
  const whose = { name: config.name, user: subject.commonName }
  return {
    text: personKubeconfig({ ...pair, ...whose, server: serverUrl(config), caPem }),
    keyPem: pair.keyPem,
    context: `${whose.user}@${whose.name}`,
    // Not what was asked for: a certificate never outlives its CA.
    expires: new X509Certificate(pair.certPem).validToDate,
  }
}
