/** From what planning knows to what rendering takes, for one host. */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { apiServerPort } from '../constants.ts'
import type { RenderInput } from '../render/types.ts'
import type { PlanInput } from './types.ts'

export const firstControlPlane = (config: ClusterConfig): HostConfig => {
  const host = config.hosts.find(({ role }) => role === 'control-plane')
  if (!host) throw new Error('a cluster file without a control plane got past its rules')
  return host
}

/** host:port at which nodes and users find the API. */
export const apiEndpoint = (config: ClusterConfig): { readonly host: string; readonly port: number } =>
  config.controlPlane.endpoint ?? { host: firstControlPlane(config).address, port: apiServerPort }

export const serverUrl = (config: ClusterConfig): string => {
  const { host, port } = apiEndpoint(config)
  return `https://${host}:${port}`
}

export const renderInput = (input: PlanInput, host: HostConfig): RenderInput => {
  const facts = input.facts.get(host.name)
  if (!facts) throw new Error(`no facts of ${host.name}`)
  return {
    config: input.config,
    host,
    facts,
    images: input.images,
    endpoint: apiEndpoint(input.config),
    caPem: input.caPem,
  }
}
