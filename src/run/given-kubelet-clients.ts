/**
 * The certificates of kubelets, where no host has the key of the CA: nobody in the cluster would sign what they ask for. Takes what
 * planning knows; gives one for each kubelet that has none that is good.
 */
import { keysOnHosts } from '../config/certificate-keys.ts'
import type { ClusterConfig } from '../config/schema.ts'
import type { HostFacts } from '../facts/types.ts'
import type { PlanInput } from '../phases/types.ts'
import type { Authorities } from '../pki/authorities.ts'
import { newKubeletClient } from '../pki/kubelet-client.ts'

export type GivenKubeletClients = {
  readonly config: ClusterConfig
  readonly facts: ReadonlyMap<string, HostFacts>
  readonly authorities: Authorities
  readonly secrets: { readonly add: (secret: string) => void }
}

export const givenKubeletClients = async ({
  config,
  facts,
  authorities,
  secrets,
}: GivenKubeletClients): Promise<NonNullable<PlanInput['kubeletClients']>> => {
  if (keysOnHosts(config)) return new Map()
  const now = new Date()
  const made = await Promise.all(
    config.hosts.map(async (host) => {
      const existing = facts.get(host.name)?.identity
      const client = existing && (await newKubeletClient({ config, authorities, host, existing, now }))
      return client ? [[host.name, client] as const] : []
    }),
  )
  for (const [, { pem }] of made.flat()) secrets.add(pem)
  return new Map(made.flat())
}
