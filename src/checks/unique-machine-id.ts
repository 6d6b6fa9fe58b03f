/** Two machines with one /etc/machine-id, as clones have: DHCP may give them one address, and nodes cannot be told apart. */
import { sharedWith } from './cross-host/shared-with.ts'
import { type Check, everyRole } from './types.ts'

const newId = 'rm -f /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup && reboot'

export const uniqueMachineId: Check = {
  ids: ['UniqueMachineID'],
  title: 'every host has a machine-id of its own',
  roles: everyRole,
  run: (input) => {
    const { machineId } = input.facts
    if (machineId === '') {
      return [{ severity: 'error', message: '/etc/machine-id is empty or missing', remedy: newId }]
    }
    const same = sharedWith(input, (facts) => facts.machineId)
    if (same.length === 0) return []
    return [
      {
        severity: 'error',
        message: `/etc/machine-id is ${machineId}, the same as on ${same.join(', ')}: the machines were cloned`,
        remedy: `on all of them but one: ${newId}`,
      },
    ]
  },
}
