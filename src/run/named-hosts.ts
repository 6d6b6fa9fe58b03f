/** The hosts that a command is for. Takes the cluster file and the names that were given, if any; gives hosts, in the file's order. Pure. */
import type { ClusterConfig, HostConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { firstControlPlane } from '../phases/render-input.ts'

/** All, where none were named. */
export const namedHosts = (
  { hosts }: ClusterConfig,
  names: readonly string[] | undefined,
): readonly HostConfig[] => {
  const unknown = names?.find((name) => !hosts.some((host) => host.name === name))
  if (unknown !== undefined)
    throw new UserError(`there is no host ${unknown} in the cluster file`, {
      hint: `it has: ${hosts.map(({ name }) => name).join(', ')}`,
    })
  return hosts.filter(({ name }) => names === undefined || names.includes(name))
}

/** The first control plane is always talked to: the API is behind it. */
export const andTheFirst = (config: ClusterConfig, chosen: readonly HostConfig[]): readonly HostConfig[] => {
  const first = firstControlPlane(config)
  return chosen.includes(first) ? chosen : [first, ...chosen]
}
