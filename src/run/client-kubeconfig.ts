/** A kubeconfig for a person. Takes the cluster and who it is for; gives its text, its context and until when it works. */
import { X509Certificate } from 'node:crypto'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { serverUrl } from '../phases/render-input.ts'
import { type Authorities, trustBundle } from '../pki/authorities.ts'
import { mintClient } from '../pki/client.ts'
import { personKubeconfig } from '../pki/kubeconfigs.ts'
import type { Subject } from '../pki/names.ts'
import { clusterFolder, openStore } from '../pki/store.ts'
import type { Cluster } from './cluster.ts'

/** Of a cluster that has been made. */
export const authoritiesOf = async ({ clusterFile, config, passphrase }: Cluster): Promise<Authorities> => {
  const authorities = await openStore(clusterFolder(clusterFile, config.name), passphrase).load()
  if (authorities) return authorities
  throw new UserError(`there is no cluster ${config.name} yet`, {
    hint: `make it: slipway apply -c ${clusterFile}`,
  })
}

export type IssuedKubeconfig = {
  readonly text: string
  readonly keyPem: string
  readonly context: string
  readonly expires: Date
}

export const issueKubeconfig = async (
  config: ClusterConfig,
  authorities: Authorities,
  { subject, seconds }: { readonly subject: Subject; readonly seconds: number },
): Promise<IssuedKubeconfig> => {
  const pair = await mintClient({ ...subject, authorities, seconds, now: new Date() })
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
