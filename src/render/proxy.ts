/**
 * The environment of what reaches outside of the cluster through a proxy. Takes the cluster file; gives variables, none where there
 * is no proxy. Pure.
 *
 * Go's programs read HTTP_PROXY, HTTPS_PROXY and NO_PROXY once, at their start: whoever has them restarts when the list changes.
 * So it holds no more than is connected to, and no host that a network or a domain of the user's covers already: with
 * `noProxy: [10.0.0.0/24]`, a further host of that network changes nothing.
 */
import { contains } from '../config/network.ts'
import type { ClusterConfig, HostConfig } from '../config/schema.ts'

export type Variable = { readonly name: string; readonly value: string }

const isCovered = (destination: string, noProxy: readonly string[]): boolean =>
  noProxy.some((item) => {
    if (item.startsWith('.')) return destination.endsWith(item)
    if (item.includes('/')) return /^[\d.]+$/.test(destination) && contains(item, destination)
    return item === destination
  })

const exempt = (config: ClusterConfig, hosts: readonly string[]): string => {
  const { network, controlPlane, proxy } = config
  const endpoint = controlPlane.endpoint?.host
  const destinations = [...hosts, ...(endpoint === undefined ? [] : [endpoint])]
  const ours = [
    'localhost',
    '127.0.0.0/8',
    ...destinations.filter((each) => !isCovered(each, proxy.noProxy)),
    network.podCIDR,
    network.serviceCIDR,
    '.svc',
    `.${network.dnsDomain}`,
  ]
  return [...new Set([...ours, ...proxy.noProxy])].join(',')
}

const environment = (config: ClusterConfig, hosts: readonly string[]): readonly Variable[] => {
  const { http, https } = config.proxy
  if (http === undefined && https === undefined) return []
  return [
    ...(http === undefined ? [] : [{ name: 'HTTP_PROXY', value: http }]),
    ...(https === undefined ? [] : [{ name: 'HTTPS_PROXY', value: https }]),
    { name: 'NO_PROXY', value: exempt(config, hosts) },
  ]
}

const addresses = (hosts: readonly HostConfig[]): readonly string[] => hosts.map(({ address }) => address)

/** containerd: an image's registry may well be one of the hosts, by its name. */
export const runtimeProxy = (config: ClusterConfig): readonly Variable[] =>
  environment(config, [...addresses(config.hosts), ...config.hosts.map(({ name }) => name)])

/** The control plane: it connects to kubelets by their addresses (--kubelet-preferred-address-types), to Services and webhooks. */
export const controlPlaneProxy = (config: ClusterConfig): readonly Variable[] =>
  environment(config, addresses(config.hosts))
