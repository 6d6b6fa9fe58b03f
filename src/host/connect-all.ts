/** Connects to all hosts at once. All that cannot be reached are told together; the others are let go again. */
import { Interrupted } from '../errors.ts'
import type { SshOptions } from './ssh-dial.ts'
import { connectSsh } from './ssh-host.ts'
import type { SshTarget } from './ssh-target.ts'
import type { Host } from './types.ts'

export const connectHosts = async (
  targets: readonly SshTarget[],
  options: SshOptions,
): Promise<ReadonlyMap<string, Host>> => {
  const outcomes = await Promise.allSettled(targets.map((target) => connectSsh(target, options)))
  const hosts = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  const failures = outcomes.flatMap((outcome): unknown[] =>
    outcome.status === 'rejected' ? [outcome.reason] : [],
  )
  if (failures.length === 0) return new Map(hosts.map((host) => [host.name, host]))
  await Promise.all(hosts.map((host) => host.close()))
  if (options.signal?.aborted) throw new Interrupted()
  throw new AggregateError(failures, `${failures.length} of ${targets.length} hosts cannot be used`)
}
