/** The addresses of Services, seen from a host: the kernel looks for a route before kube-proxy's rules make them a pod's. */
import { cidrRange, contains } from './network/cidr.ts'
import { type Check, everyRole } from './types.ts'

export const defaultRoute: Check = {
  ids: ['DefaultRoute'],
  title: 'the host has a route that takes the addresses of Services, whatever it leads to',
  roles: everyRole,
  run: ({ facts, config }) => {
    const { serviceCIDR } = config.network
    const services = cidrRange(serviceCIDR)
    if (facts.routes.some(({ destination }) => contains(cidrRange(destination), services))) return []
    return [
      {
        severity: 'warning',
        message: `the host has no default route: what runs on it, such as the API server with its webhooks, cannot reach Services (${serviceCIDR})`,
        remedy:
          'give it one, even if it leads nowhere: `ip route add default dev IFACE`, and for good in its network configuration',
      },
    ]
  },
}
