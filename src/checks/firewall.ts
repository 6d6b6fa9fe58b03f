/** A firewall on the host, with the ports that have to be open for its role. kubeadm: Firewalld; ufw is the same on Ubuntu. */
import type { HostConfig } from '../config/schema.ts'
import { type Check, everyRole } from './types.ts'

type Firewall = {
  readonly id: string
  readonly unit: string
  readonly open: (ports: readonly string[]) => string
}

const firewalls: readonly Firewall[] = [
  {
    id: 'Firewalld',
    unit: 'firewalld',
    open: (ports) =>
      `firewall-cmd --permanent ${ports.map((port) => `--add-port=${port}`).join(' ')} && firewall-cmd --reload`,
  },
  {
    id: 'Ufw',
    unit: 'ufw',
    open: (ports) => ports.map((port) => `ufw allow ${port.replace('-', ':')}`).join(' && '),
  },
]

export const firewall: Check = {
  ids: ['Firewalld', 'Ufw'],
  title: 'no firewall is in the way',
  roles: everyRole,
  run: ({ facts, host, config }) => {
    const ports = requiredPorts(host, config.network.plugin === 'flannel')
    return firewalls
      .filter(({ unit }) => facts.units[unit]?.active)
      .map(({ id, unit, open }) => ({
        id,
        severity: 'warning',
        message: `${unit} is active, please ensure ports [${ports.join(' ')}] are open between the nodes`,
        remedy: open(ports),
      }))
  },
}

// https://kubernetes.io/docs/reference/networking/ports-and-protocols/, and flannel's VXLAN on 8472/udp.
const requiredPorts = (host: HostConfig, flannel: boolean): readonly string[] => [
  ...(host.role === 'control-plane' ? ['6443/tcp', '2379-2380/tcp'] : []),
  '10250/tcp',
  ...(flannel ? ['8472/udp'] : []),
  '30000-32767/tcp',
]
