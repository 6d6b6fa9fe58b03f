/**
 * The hosts that can be reached, and those that cannot, with the reason. For what may go on while a host is off, and has to come back
 * to it. Takes the cluster's hosts; gives connections.
 */
import { errorMessage, HostError } from '../errors.ts'
import type { Host } from '../host/types.ts'
import { connectCluster, type SessionOptions } from './session.ts'

export type Absent = { readonly host: string; readonly why: string }

export type PresentHosts = { readonly hosts: ReadonlyMap<string, Host>; readonly absent: readonly Absent[] }

const whyNot = (error: unknown): string => {
  const [first] = error instanceof AggregateError ? error.errors : [error]
  return first instanceof HostError ? first.message : errorMessage(first)
}

export const connectPresent = async (
  options: Pick<SessionOptions, 'clusterFile' | 'config' | 'hosts' | 'acceptNew' | 'secrets'>,
): Promise<PresentHosts> => {
  const outcomes = await Promise.all(
    options.hosts.map(async (host) => {
      try {
        return { host: host.name, connected: await connectCluster({ ...options, hosts: [host] }) }
      } catch (error) {
        return { host: host.name, why: whyNot(error) }
      }
    }),
  )
  return {
    hosts: new Map(outcomes.flatMap(({ connected }) => (connected ? [...connected] : []))),
    absent: outcomes.flatMap(({ host, why }) => (why === undefined ? [] : [{ host, why }])),
  }
}
