/** What must hold between fields. Each rule takes the whole configuration; gives what is broken, where, and what to do. */

import { aligned, contains, network, overlap } from './network.ts'
import type { ParseOptions } from './parse.ts'
import type { ClusterConfig } from './schema.ts'
import { kubernetesVersions } from './versions.ts'

export type Broken = {
  readonly path: readonly (string | number)[]
  readonly what: string
  readonly hint?: string
}

type Rule = (config: ClusterConfig, options: ParseOptions) => readonly Broken[]

const duplicates =
  (field: 'name' | 'address'): Rule =>
  ({ hosts }) =>
    hosts.flatMap((host, index) => {
      const first = hosts.findIndex((each) => each[field] === host[field])
      if (first === index) return []
      return [
        {
          path: ['hosts', index, field],
          what: `the ${field} ${host[field]} is that of hosts[${first}] as well`,
        },
      ]
    })

const controlPlanes: Rule = ({ hosts }) => {
  const found = hosts.flatMap(({ role }, index) => (role === 'control-plane' ? [index] : []))
  if (found.length === 0)
    return [
      { path: ['hosts'], what: 'there is no control plane', hint: 'Give one host the role control-plane.' },
    ]
  return found.slice(1).map((index) => ({
    path: ['hosts', index, 'role'],
    what: 'there is a control plane already, and this release installs one',
    hint: 'Make this host a worker.',
  }))
}

const cidrs = ['podCIDR', 'serviceCIDR'] as const

const alignment: Rule = ({ network: networks }) =>
  cidrs.flatMap((field) => {
    const right = aligned(networks[field])
    return right === networks[field]
      ? []
      : [
          {
            path: ['network', field],
            what: `${networks[field]} has bits set behind its prefix`,
            hint: `The network is ${right}.`,
          },
        ]
  })

const overlapping: Rule = ({ network: { podCIDR, serviceCIDR } }) =>
  overlap(podCIDR, serviceCIDR)
    ? [
        {
          path: ['network'],
          what: `podCIDR ${podCIDR} and serviceCIDR ${serviceCIDR} overlap`,
          hint: 'The defaults are 10.244.0.0/16 and 10.96.0.0/12.',
        },
      ]
    : []

const overHosts: Rule = ({ hosts, network: networks }) =>
  cidrs.flatMap((field) => {
    const inside = hosts.filter(({ address }) => contains(networks[field], address))
    const [first] = inside
    if (!first) return []
    return [
      {
        path: ['network', field],
        what: `${field} ${networks[field]} contains the hosts' own network (${first.name} is ${first.address})`,
        hint: 'Choose a network that nothing else uses.',
      },
    ]
  })

const sizes: Rule = ({ hosts, network: { podCIDR, serviceCIDR } }) => {
  const service = network(serviceCIDR).bits
  const nodes = 2 ** Math.max(0, 24 - network(podCIDR).bits)
  return [
    ...(service < 12 || service > 28
      ? [
          {
            path: ['network', 'serviceCIDR'],
            what: `serviceCIDR is a /${service}`,
            hint: 'The API server takes /12 to /28.',
          },
        ]
      : []),
    ...(network(podCIDR).bits > 24 || nodes < hosts.length
      ? [
          {
            path: ['network', 'podCIDR'],
            what: `podCIDR ${podCIDR} has no room for ${hosts.length} nodes`,
            hint: 'Every node takes a /24 of it.',
          },
        ]
      : []),
  ]
}

const useless: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'no address of a host'],
  ['127.0.0.0/8', 'the loopback address'],
  ['169.254.0.0/16', 'a link-local address'],
  ['224.0.0.0/3', 'a multicast or reserved address'],
  ['10.0.2.15/32', "VirtualBox's NAT address, which every such machine has"],
]

const addresses: Rule = ({ hosts }) =>
  hosts.flatMap(({ address }, index) => {
    const why = useless.find(([cidr]) => contains(cidr, address))?.[1]
    return why
      ? [
          {
            path: ['hosts', index, 'address'],
            what: `${address} is ${why}`,
            hint: 'Give the address on the network that the nodes share.',
          },
        ]
      : []
  })

const version: Rule = ({ kubernetes }) =>
  kubernetesVersions.includes(kubernetes.version)
    ? []
    : [
        {
          path: ['kubernetes', 'version'],
          what: `Kubernetes ${kubernetes.version} is not supported`,
          hint: `Supported: ${kubernetesVersions.join(', ')}.`,
        },
      ]

const typed: Rule = (config) =>
  (['kubelet', 'kubeProxy'] as const).flatMap((section) =>
    ['apiVersion', 'kind'].flatMap((key) =>
      key in config[section].config
        ? [{ path: [section, 'config', key], what: `${section}.config must not set ${key}` }]
        : [],
    ),
  )

const ignored: Rule = ({ preflight }, { checkIds }) => {
  const known = new Set(['all', ...checkIds.map((id) => id.toLowerCase())])
  return preflight.ignore.flatMap((id, index) =>
    known.has(id.toLowerCase())
      ? []
      : [{ path: ['preflight', 'ignore', index], what: `there is no preflight check ${id}` }],
  )
}

export const rules: readonly Rule[] = [
  duplicates('name'),
  duplicates('address'),
  controlPlanes,
  addresses,
  version,
  alignment,
  overlapping,
  overHosts,
  sizes,
  typed,
  ignored,
]
