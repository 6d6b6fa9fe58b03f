/**
 * The hosts that can be reached, and those that cannot, with the reason. For what may go on while a host is off, and has to come back
 * to it. Takes the cluster's hosts; gives connections.
 */
import { errorMessage } from '../errors.ts'
import type { Host } from '../host/types.ts'
import { type SessionOptions, tryHosts } from './session.ts'

export type Absent = { readonly host: string; readonly why: string }

export type PresentHosts = { readonly hosts: ReadonlyMap<string, Host>; readonly absent: readonly Absent[] }

export const connectPresent = async (
  options: Pick<SessionOptions, 'clusterFile' | 'config' | 'hosts' | 'acceptNew' | 'secrets' | 'signal'>,
): Promise<PresentHosts> => {
  const outcomes = await tryHosts(options)
  return {
    hosts: new Map(
      outcomes.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [[outcome.value.name, outcome.value]] : [],
      ),
    ),
    absent: options.hosts.flatMap(({ name }, at) => {
      const outcome = outcomes[at]
      return outcome?.status === 'rejected' ? [{ host: name, why: errorMessage(outcome.reason) }] : []
    }),
  }
}
