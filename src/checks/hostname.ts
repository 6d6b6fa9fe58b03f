/** The host's own name, the node's name, and whether names resolve. kubeadm: Hostname. */
import { type Check, type CheckInput, everyRole, type Problem } from './types.ts'

// RFC 1123, as Kubernetes wants node names.
const validName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const localhost = /^localhost(\.|$)/

export const hostname: Check = {
  ids: ['Hostname'],
  title: 'names are valid and resolve',
  roles: everyRole,
  run: (input) => [...nodeName(input), ...ownName(input), ...unresolved(input)],
}

const nodeName = ({ host }: CheckInput): readonly Problem[] =>
  localhost.test(host.name)
    ? [
        {
          severity: 'error',
          message: `"${host.name}" can be no node's name: every host has it`,
          remedy: 'give the host a name of its own in the cluster file, such as w1',
        },
      ]
    : []

/** The node is registered under its name in the cluster file whatever the host calls itself; people and logs get confused. */
const ownName = ({ host, facts }: CheckInput): readonly Problem[] => {
  const [short] = facts.hostname.split('.')
  if (facts.hostname === host.name || short === host.name) return []
  const reason = validName.test(facts.hostname) ? '' : ', which is no valid name (DNS-1123)'
  return [
    {
      severity: 'warning',
      message: `the host calls itself "${facts.hostname}"${reason}; in the cluster it will be ${host.name}`,
      remedy: `hostnamectl set-hostname ${host.name}`,
    },
  ]
}

/** Slipway's block in /etc/hosts makes all names resolve; without it the user's DNS has to. */
const unresolved = ({ config, facts, host }: CheckInput): readonly Problem[] => {
  if (config.hostPrep.hostsFile) return []
  return config.hosts.flatMap((node) => {
    const address = facts.resolves[node.name]
    // Debian gives a host's own name a loopback address (127.0.1.1); nobody else sees that.
    const isOwnLoopback = node.name === host.name && address?.startsWith('127.')
    if (address === node.address || isOwnLoopback) return []
    const seen =
      address === undefined ? 'could not be reached: it does not resolve' : `resolves to ${address}`
    return [
      {
        severity: 'warning' as const,
        message: `hostname "${node.name}" ${seen}; the cluster file says ${node.address}`,
        remedy: `give ${node.name} the address ${node.address} in your DNS, or set hostPrep.hostsFile: true in the cluster file`,
      },
    ]
  })
}
