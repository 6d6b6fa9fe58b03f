/** Rules about the pod network and the service network: against each other, against the hosts, and what Kubernetes takes. */
import { aligned, contains, network, overlap } from '../network.ts'
import type { PathProblem } from '../problems.ts'
import type { ClusterConfig } from '../schema.ts'
import type { Rule } from './types.ts'

type Field = 'podCIDR' | 'serviceCIDR'

const each = (
  config: ClusterConfig,
  check: (cidr: string, field: Field) => Omit<PathProblem, 'path'> | undefined,
): readonly PathProblem[] =>
  (['podCIDR', 'serviceCIDR'] as const).flatMap((field) => {
    const problem = check(config.network[field], field)
    return problem ? [{ path: ['network', field], ...problem }] : []
  })

export const networksAreAligned: Rule = (config) =>
  each(config, (cidr, field) =>
    aligned(cidr) === cidr
      ? undefined
      : {
          what: `network.${field}: ${cidr} has host bits set, so it is not the first address of a network`,
          hint: `Write ${aligned(cidr)}.`,
        },
  )

export const networksAreApart: Rule = ({ network: { podCIDR, serviceCIDR } }) =>
  overlap(podCIDR, serviceCIDR)
    ? [
        {
          path: ['network', 'podCIDR'],
          what: `the pod network ${podCIDR} and the service network ${serviceCIDR} overlap`,
          hint: 'Make them two networks, such as 10.244.0.0/16 and 10.96.0.0/12.',
        },
      ]
    : []

const mostNamed = 3

/** PIT-31: pods on the hosts' own network make hosts unreachable, after everything seemed to work. */
export const networksAreNotTheHosts: Rule = (config) =>
  each(config, (cidr, field) => {
    const inside = config.hosts.filter(({ address }) => contains(cidr, address))
    if (inside.length === 0) return undefined
    const named = inside.slice(0, mostNamed).map(({ name, address }) => `${name} (${address})`)
    const more = inside.length > mostNamed ? ` and ${inside.length - mostNamed} more` : ''
    const { podCIDR, serviceCIDR } = config.network
    return {
      what: `network.${field}: ${cidr} is the hosts' own network: ${named.join(', ')}${more} would be inside it`,
      hint: `Pods have ${podCIDR}, Services ${serviceCIDR}: give network.${field} a network that nothing else uses.`,
    }
  })

const unusable = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']

export const networksAreUsable: Rule = (config) =>
  each(config, (cidr, field) => {
    const found = unusable.find((special) => overlap(special, cidr))
    if (found === undefined) return undefined
    return {
      what: `network.${field}: ${cidr} covers ${found}, which is not for networks`,
      hint: 'Take one of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.',
    }
  })

/** The API server takes at most 20 bits of host addresses; kubeadm asks for ten addresses at least, DNS is the tenth. */
const largestService = 12
const smallestService = 28

export const serviceNetworkHasASize: Rule = ({ network: { serviceCIDR } }) => {
  const { bits } = network(serviceCIDR)
  if (bits >= largestService && bits <= smallestService) return []
  const what = `network.serviceCIDR: a /${bits} is too ${bits < largestService ? 'big' : 'small'}`
  return [
    {
      path: ['network', 'serviceCIDR'],
      what,
      hint: `The API server takes a /${largestService} to a /${smallestService}.`,
    },
  ]
}

/** The controller manager's --node-cidr-mask-size: the share of each node. */
const nodeBits = ({ controlPlane }: ClusterConfig): number => {
  const given = Number(controlPlane.controllerManager.extraArgs['node-cidr-mask-size'] ?? '')
  return Number.isInteger(given) && given > 0 && given <= 32 ? given : 24
}

/** The controller manager hands out at most 2^16 shares (kubeadm: PodSubnetNodeMaskMaxDiff). */
const mostShareBits = 16

export const podNetworkHasASize: Rule = (config) => {
  const { podCIDR } = config.network
  const { bits } = network(podCIDR)
  const share = nodeBits(config)
  const path = ['network', 'podCIDR']
  if (share - bits > mostShareBits)
    return [
      {
        path,
        what: `network.podCIDR: a /${bits} is too big for shares of a /${share} each`,
        hint: `Take a /${share - mostShareBits} or smaller.`,
      },
    ]
  const room = bits > share ? 0 : 2 ** (share - bits)
  if (room >= config.hosts.length) return []
  const needed = Math.max(1, share - Math.ceil(Math.log2(config.hosts.length)))
  const has = room === 0 ? 'no node' : `${room} of the ${config.hosts.length} nodes`
  return [
    {
      path,
      what: `network.podCIDR: ${podCIDR} has room for ${has}, as each takes a /${share} of it`,
      hint: `Take a /${needed} or larger.`,
    },
  ]
}

/** .local on its own belongs to multicast DNS (RFC 6762), the arpa zones to reverse lookups. */
const takenDomains = ['local', 'localhost', 'in-addr.arpa', 'ip6.arpa', 'arpa']

export const dnsDomainIsOurs: Rule = ({ network: { dnsDomain } }) => {
  if (takenDomains.includes(dnsDomain))
    return [
      {
        path: ['network', 'dnsDomain'],
        what: `network.dnsDomain: "${dnsDomain}" is used for something else by every resolver`,
        hint: 'The default, "cluster.local", is nearly always right.',
      },
    ]
  return []
}
