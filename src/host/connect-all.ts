/** Connects to all hosts at once. All that cannot be reached are told together; the others are let go again. */
import { Interrupted } from '../errors.ts'
import type { SshOptions } from './ssh-dial.ts'
import { connectSsh } from './ssh-host.ts'
import { sharedBastions } from './ssh-reach.ts'
import type { SshTarget } from './ssh-target.ts'
import type { Host } from './types.ts'

/** What came of each, in the order given. */
export const connectEach = (
  targets: readonly SshTarget[],
  options: SshOptions,
): Promise<readonly PromiseSettledResult<Host>[]> => {
  const bastions = sharedBastions(options)
  return Promise.allSettled(targets.map((target) => connectSsh(target, options, bastions)))
}

export const connectHosts = async (
  targets: readonly SshTarget[],
  options: SshOptions,
): Promise<ReadonlyMap<string, Host>> => {
  const outcomes = await connectEach(targets, options)
  const hosts = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (hosts.length === targets.length) return new Map(hosts.map((host) => [host.name, host]))
  await Promise.all(hosts.map((host) => host.close()))
  if (options.signal?.aborted) throw new Interrupted()
  const reasons = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  )
  // A bastion that cannot be used is one failure, however many hosts are behind it.
  throw new AggregateError(new Set(reasons), `${reasons.length} of ${targets.length} hosts cannot be used`)
}
