/** Connects to all hosts at once. All that cannot be reached are told together; the others are let go again. */
import { Interrupted } from '../errors.ts'
import type { SshOptions } from './ssh-dial.ts'
import { connectSsh } from './ssh-host.ts'
import { sharedBastions } from './ssh-reach.ts'
import type { SshTarget } from './ssh-target.ts'
import type { Host } from './types.ts'

const reached = (outcomes: readonly PromiseSettledResult<Host>[]): readonly Host[] =>
  outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))

const letGo = (hosts: readonly Host[]): Promise<unknown> => Promise.all(hosts.map((host) => host.close()))

/** What came of each, in the order given. Who was interrupted meanwhile has reached nobody. */
export const connectEach = async (
  targets: readonly SshTarget[],
  options: SshOptions,
): Promise<readonly PromiseSettledResult<Host>[]> => {
  const bastions = sharedBastions(options)
  const outcomes = await Promise.allSettled(targets.map((target) => connectSsh(target, options, bastions)))
  if (!options.signal?.aborted) return outcomes
  await letGo(reached(outcomes))
  throw new Interrupted()
}

export const connectHosts = async (
  targets: readonly SshTarget[],
  options: SshOptions,
): Promise<ReadonlyMap<string, Host>> => {
  const outcomes = await connectEach(targets, options)
  const hosts = reached(outcomes)
  if (hosts.length === targets.length) return new Map(hosts.map((host) => [host.name, host]))
  await letGo(hosts)
  const reasons = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  )
  // A bastion that cannot be used is one failure, however many hosts are behind it.
  throw new AggregateError(new Set(reasons), `${reasons.length} of ${targets.length} hosts cannot be used`)
}
