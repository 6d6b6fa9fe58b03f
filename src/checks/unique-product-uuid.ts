/** Two virtual machines with one product UUID. Some hypervisors give none of their own, so it is a warning. */
import { sharedWith } from './cross-host/shared-with.ts'
import { type Check, everyRole } from './types.ts'

export const uniqueProductUuid: Check = {
  ids: ['UniqueProductUUID'],
  title: 'every machine has a product UUID of its own',
  roles: everyRole,
  run: (input) => {
    const same = sharedWith(input, ({ productUuid }) => productUuid)
    if (same.length === 0) return []
    return [
      {
        severity: 'warning',
        message: `the machine's product UUID is ${input.facts.productUuid}, the same as that of ${same.join(', ')}`,
        remedy:
          'give each virtual machine a UUID of its own in the hypervisor (VirtualBox: VBoxManage modifyvm NAME --hardware-uuid $(uuidgen))',
      },
    ]
  },
}
