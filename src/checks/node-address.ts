/** The address of the cluster file has to be one of the host's own, and not the one that every VirtualBox machine has. */
import { type Check, everyRole } from './types.ts'

// VirtualBox's NAT gives it to the first interface of every machine; Vagrant always uses that one.
const sharedNatAddress = '10.0.2.15'

export const nodeAddress: Check = {
  ids: ['NodeAddress'],
  title: "the node's address is the host's own",
  roles: everyRole,
  run: ({ facts, host, config }) => {
    if (host.address === sharedNatAddress && config.hosts.length > 1) {
      return [
        {
          severity: 'error',
          message: `${sharedNatAddress} is what VirtualBox's NAT calls every machine: other nodes cannot reach it`,
          remedy: `give ${host.name} a private network, and that address in the cluster file; ${elsewhere(facts.addresses)}`,
        },
      ]
    }
    if (facts.addresses.includes(host.address)) return []
    return [
      {
        severity: 'error',
        message: `no interface of the host has the address ${host.address}`,
        remedy: `set the address of ${host.name} in the cluster file to one of the host's own (${facts.addresses.join(', ') || 'none was found'}), and ssh.address to ${host.address} if SSH needs that`,
      },
    ]
  },
}

const elsewhere = (addresses: readonly string[]): string => {
  const usable = addresses.filter((address) => address !== sharedNatAddress)
  return usable.length === 0 ? 'it has no other now' : `it has ${usable.join(', ')}`
}
