/** The cluster's networks against the routes that the host has: where they overlap, one of the two cannot be reached. */
import { cidrRange, contains, overlaps } from './network/cidr.ts'
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

type Route = CheckInput['facts']['routes'][number]
type Network = { readonly field: string; readonly cidr: string }

export const routeOverlap: Check = {
  ids: ['RouteOverlap'],
  title: "the cluster's networks are free in the hosts' routes",
  roles: everyRole,
  run: ({ facts, config, ownership, host }) => {
    // Routes into the pod network are what a running cluster consists of.
    if (ownership.kind === 'ours') return []
    const networks: readonly Network[] = [
      { field: 'network.podCIDR', cidr: config.network.podCIDR },
      { field: 'network.serviceCIDR', cidr: config.network.serviceCIDR },
    ]
    return networks.flatMap((network) =>
      facts.routes.flatMap((route) => overlap(network, route, host.address)),
    )
  },
}

const overlap = (network: Network, route: Route, address: string): readonly Problem[] => {
  const ours = cidrRange(network.cidr)
  const theirs = cidrRange(route.destination)
  if (route.destination.endsWith('/0') || !overlaps(ours, theirs)) return []
  if (/^(cni|flannel|cali|cilium)/.test(route.interface)) return [leftOver(network, route)]
  // A wider route (a VPN's 10.0.0.0/8) loses to the pods' own: it works but for the part that they now have. The network that
  // the nodes share must not lose anything.
  const isWider = contains(theirs, ours) && !contains(ours, theirs)
  const isNodes = contains(theirs, cidrRange(address))
  return [
    {
      severity: isWider && !isNodes ? 'warning' : 'error',
      message: `${network.field} ${network.cidr} overlaps the host's route to ${route.destination} over ${route.interface}`,
      remedy: `set ${network.field} in the cluster file to a network that no host has a route to (\`ip route\` shows them)`,
    },
  ]
}

const leftOver = ({ field, cidr }: Network, route: Route): Problem => ({
  severity: 'error',
  message: `the interface ${route.interface} of an earlier pod network still has a route to ${route.destination}, within ${field} ${cidr}`,
  remedy: `ip link delete ${route.interface}`,
})
