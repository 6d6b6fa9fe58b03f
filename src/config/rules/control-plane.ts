/** Rules about the control plane: how many, where it is reached, where etcd keeps its data. */
import { contains } from '../network.ts'
import type { PathProblem } from '../problems.ts'
import type { Rule } from './types.ts'

export const thereIsAControlPlane: Rule = ({ hosts }) =>
  hosts.some(({ role }) => role === 'control-plane')
    ? []
    : [
        {
          path: ['hosts'],
          what: 'no host is a control plane',
          hint: 'Give one of them "role: control-plane".',
        },
      ]

export const thereIsOneControlPlane: Rule = ({ hosts }) => {
  const controlPlanes = hosts.flatMap((host, index) =>
    host.role === 'control-plane' ? [{ name: host.name, index }] : [],
  )
  return controlPlanes.slice(1).map(({ index, name }) => ({
    path: ['hosts', index, 'role'],
    what: `${name} would be a second control plane; this release installs one, which is ${controlPlanes[0]?.name}`,
    hint: 'Make it a worker for now.',
  }))
}

const isAddress = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text)

const nowhere: readonly { readonly cidr: string; readonly why: string }[] = [
  { cidr: '0.0.0.0/8', why: 'is no address to connect to' },
  { cidr: '127.0.0.0/8', why: 'is another machine on every host' },
  { cidr: '169.254.0.0/16', why: 'is a link-local address' },
  { cidr: '224.0.0.0/3', why: 'is a multicast or reserved address' },
]

export const endpointIsReachable: Rule = ({ controlPlane: { endpoint }, hosts, network }) => {
  if (!endpoint) return []
  const path = ['controlPlane', 'endpoint', 'host']
  const worker = hosts.find(
    ({ role, name, address }) => role === 'worker' && [name, address].includes(endpoint.host),
  )
  if (worker)
    return [
      {
        path,
        what: `${endpoint.host} is the worker ${worker.name}, where no API server runs`,
        hint: 'Name a load balancer, a DNS name or the control plane.',
      },
    ]
  if (endpoint.host === 'localhost') return [{ path, what: '"localhost" is another machine on every host' }]
  if (!isAddress(endpoint.host)) return []
  const found = nowhere.find(({ cidr }) => contains(cidr, endpoint.host))
  if (found) return [{ path, what: `${endpoint.host} ${found.why}` }]
  return [network.podCIDR, network.serviceCIDR]
    .filter((cidr) => contains(cidr, endpoint.host))
    .map((cidr) => ({ path, what: `${endpoint.host} is inside the cluster's own network ${cidr}` }))
}

/** The API server listens on 6443: with no load balancer in between, that is the port to connect to. */
export const endpointPortIsServed: Rule = ({ controlPlane: { endpoint }, hosts }) => {
  const direct = hosts.find(
    ({ role, name, address }) => role === 'control-plane' && [name, address].includes(endpoint?.host ?? ''),
  )
  if (!endpoint || !direct || endpoint.port === 6443) return []
  return [
    {
      path: ['controlPlane', 'endpoint', 'port'],
      what: `the API server of ${direct.name} listens on 6443, not on ${endpoint.port}`,
      hint: 'Leave the port out, or name a load balancer as the host.',
    },
  ]
}

/** etcd's directory becomes 0700 root's: these are other programs' (or everybody's). */
const notForEtcd =
  /^\/($|(bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr)(\/|$)|(var|var\/lib|opt|srv|mnt)$|var\/lib\/(kubelet|containerd|cni|slipway)(\/|$)|var\/(run|tmp|log)(\/|$))/

export const etcdDataHasItsOwnFolder: Rule = ({ controlPlane: { etcd } }) => {
  const path = ['controlPlane', 'etcd', 'dataDir']
  const problem = (what: string): readonly PathProblem[] => [
    { path, what, hint: 'The default is /var/lib/etcd; on a disk of its own, /mnt/etcd would do.' },
  ]
  if (/\/\.{0,2}(\/|$)/.test(etcd.dataDir.slice(0, -1)) || /\/\.{1,2}$/.test(etcd.dataDir))
    return problem(`${JSON.stringify(etcd.dataDir)} is not a plain path: it holds ".", ".." or "//"`)
  if (notForEtcd.test(etcd.dataDir)) return problem(`etcd cannot have ${etcd.dataDir} for itself`)
  return []
}
