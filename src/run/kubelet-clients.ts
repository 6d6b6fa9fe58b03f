/**
 * Certificates for kubelets that are not to go on with theirs, or cannot. Takes the hosts and what stands on them; gives a certificate
 * for each that needs one, and the facts as they will be once the kubelets have them: what else is issued goes by those.
 */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { kubeletClientCertificate } from '../constants.ts'
import type { HostFacts } from '../facts/types.ts'
import type { Authorities } from '../pki/authorities.ts'
import { type KubeletClient, newKubeletClient } from '../pki/kubelet-client.ts'

export type KubeletClients = ReadonlyMap<string, KubeletClient>

export type KubeletClientsInput = {
  readonly config: ClusterConfig
  readonly authorities: Authorities
  readonly hosts: readonly HostConfig[]
  readonly facts: ReadonlyMap<string, HostFacts>
  readonly now: Date
  /** By name of a host: a new one whatever it has. */
  readonly renew: (host: string) => boolean
}

export const newKubeletClients = async ({
  config,
  authorities,
  hosts,
  facts,
  now,
  renew,
}: KubeletClientsInput): Promise<KubeletClients> => {
  const made = await Promise.all(
    hosts.map(async (host) => {
      const existing = facts.get(host.name)?.identity ?? {}
      const around = { config, authorities, existing, now }
      const client = await newKubeletClient({ ...around, host, renew: renew(host.name) })
      return client ? [[host.name, client] as const] : []
    }),
  )
  return new Map(made.flat())
}

export const withClients = (
  facts: ReadonlyMap<string, HostFacts>,
  clients: KubeletClients,
): ReadonlyMap<string, HostFacts> =>
  new Map(
    [...facts].map(([name, each]) => {
      const client = clients.get(name)
      if (!client) return [name, each]
      return [name, { ...each, identity: { ...each.identity, [kubeletClientCertificate]: client.certPem } }]
    }),
  )
