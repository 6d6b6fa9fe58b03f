/** Rules about each host, and about hosts among themselves. */
import { contains } from '../network.ts'
import type { PathProblem } from '../problems.ts'
import type { HostConfig } from '../schema.ts'
import type { Rule } from './types.ts'

const twice = (
  hosts: readonly HostConfig[],
  field: 'name' | 'address',
  sentence: (value: string, first: HostConfig, index: number) => string,
): readonly PathProblem[] =>
  hosts.flatMap((host, index) => {
    const firstIndex = hosts.findIndex((other) => other[field] === host[field])
    const first = hosts[firstIndex]
    if (firstIndex === index || first === undefined) return []
    return [{ path: ['hosts', index, field], what: sentence(host[field], first, firstIndex) }]
  })

export const namesAreUnique: Rule = ({ hosts }) =>
  twice(hosts, 'name', (name, _, index) => `hosts[${index}] has the name "${name}" already`)

export const addressesAreUnique: Rule = ({ hosts }) =>
  twice(hosts, 'address', (address, { name }) => `${name} has the address ${address} already`)

/** Vagrant and NAT give many machines one address, with a port each. */
export const sshEndpointsAreUnique: Rule = ({ hosts, ssh }) => {
  const endpoint = (host: HostConfig): string =>
    `${host.ssh?.address ?? host.address}:${host.ssh?.port ?? ssh.port ?? 22}`
  return hosts.flatMap((host, index) => {
    const first = hosts.find((other) => endpoint(other) === endpoint(host))
    if (first === host || first === undefined || first.address === host.address) return []
    return [
      {
        path: ['hosts', index, 'ssh'],
        what: `SSH to ${endpoint(host)} is ${first.name} already, and cannot be ${host.name} as well`,
        hint: 'Give each its own ssh.address or ssh.port.',
      },
    ]
  })
}

/** A node's name becomes the label kubernetes.io/hostname, and label values end at 63 characters. */
const longestName = 63

export const namesFitLabels: Rule = ({ hosts }) =>
  hosts.flatMap(({ name }, index) => {
    if (name === 'localhost')
      return [{ path: ['hosts', index, 'name'], what: '"localhost" is the name of every machine' }]
    if (name.length <= longestName) return []
    return [
      {
        path: ['hosts', index, 'name'],
        what: `the name has ${name.length} characters; a node name may have ${longestName}`,
      },
    ]
  })

const unusable: readonly { readonly cidr: string; readonly why: string }[] = [
  { cidr: '0.0.0.0/8', why: 'means "any address"' },
  { cidr: '127.0.0.0/8', why: 'is a loopback address, which every machine has' },
  { cidr: '169.254.0.0/16', why: 'is a link-local address' },
  { cidr: '224.0.0.0/4', why: 'is a multicast address' },
  { cidr: '240.0.0.0/4', why: 'is a reserved address' },
  { cidr: '10.0.2.15/32', why: "is VirtualBox's NAT address, which every such machine has" },
]

export const addressesAreUsable: Rule = ({ hosts }) =>
  hosts.flatMap(({ address }, index) => {
    const found = unusable.find(({ cidr }) => contains(cidr, address))
    if (!found) return []
    return [
      {
        path: ['hosts', index, 'address'],
        what: `${address} ${found.why}`,
        hint: 'Give the address of the host on the network that the nodes share.',
      },
    ]
  })

/** The API server refuses a node with the same taint twice. */
export const taintsAreUnique: Rule = ({ hosts }) =>
  hosts.flatMap(({ taints = [] }, hostIndex) =>
    taints.flatMap(({ key, effect }, index) => {
      const first = taints.findIndex((other) => other.key === key && other.effect === effect)
      if (first === index) return []
      return [
        { path: ['hosts', hostIndex, 'taints', index], what: `the taint ${key}:${effect} is given twice` },
      ]
    }),
  )

/** The kubelet sets these itself, and puts them back. */
const kubeletLabels = ['kubernetes.io/hostname', 'kubernetes.io/arch', 'kubernetes.io/os']

export const labelsAreOurs: Rule = ({ hosts }) =>
  hosts.flatMap(({ labels }, index) =>
    kubeletLabels
      .filter((label) => label in labels)
      .map((label) => ({
        path: ['hosts', index, 'labels', label],
        atKey: true,
        what: `the kubelet sets the label ${label} itself`,
        hint: 'Choose another key.',
      })),
  )
