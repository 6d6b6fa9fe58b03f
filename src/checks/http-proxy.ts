/** A proxy between a node's services and the API server. kubeadm: HTTPProxy. */
import { bypassesProxy } from './network/no-proxy.ts'
import { shownProxy } from './network/shown-proxy.ts'
import { type Check, everyRole } from './types.ts'

export const httpProxy: Check = {
  ids: ['HTTPProxy'],
  title: 'no proxy stands before the API server',
  roles: everyRole,
  run: ({ facts, config }) => {
    const proxy = facts.proxies['HTTPS_PROXY']
    if (proxy === undefined) return []
    const noProxy = facts.proxies['NO_PROXY'] ?? ''
    const endpoint = config.controlPlane.endpoint?.host
    const masters = config.hosts.filter(({ role }) => role === 'control-plane').map(({ address }) => address)
    const proxied = [...(endpoint === undefined ? [] : [endpoint]), ...masters].filter(
      (destination) => !bypassesProxy(destination, noProxy),
    )
    if (proxied.length === 0) return []
    return [
      {
        severity: 'warning',
        message: `connections to the API at ${proxied.join(', ')} would use the proxy ${shownProxy(proxy)}`,
        remedy: `add ${proxied.join(',')} to NO_PROXY where the host's services get their environment from (\`systemctl show-environment\`)`,
      },
    ]
  },
}
