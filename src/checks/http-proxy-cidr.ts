/** A proxy between a node's services and the networks of pods and Services. kubeadm: HTTPProxyCIDR. */
import { bypassesProxy } from './network/no-proxy.ts'
import { shownProxy } from './network/shown-proxy.ts'
import { type Check, everyRole } from './types.ts'

export const httpProxyCidr: Check = {
  ids: ['HTTPProxyCIDR'],
  title: "no proxy stands before the cluster's networks",
  roles: everyRole,
  run: ({ facts, config }) => {
    const proxy = facts.proxies['HTTPS_PROXY'] ?? facts.proxies['HTTP_PROXY']
    if (proxy === undefined) return []
    const noProxy = facts.proxies['NO_PROXY'] ?? ''
    return [config.network.serviceCIDR, config.network.podCIDR]
      .filter((cidr) => !bypassesProxy(cidr, noProxy))
      .map((cidr) => ({
        severity: 'warning',
        message: `connections to ${cidr} would use the proxy ${shownProxy(proxy)}`,
        remedy: `add ${cidr} to NO_PROXY where the host's services get their environment from (\`systemctl show-environment\`)`,
      }))
  },
}
