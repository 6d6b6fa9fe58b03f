/** Two machines that call themselves the same: usually two clones, or two that were never named. */
import { sharedWith } from './cross-host/shared-with.ts'
import { type Check, everyRole } from './types.ts'

export const uniqueHostname: Check = {
  ids: ['UniqueHostname'],
  title: 'every host has a name of its own',
  roles: everyRole,
  run: (input) => {
    const same = sharedWith(input, ({ hostname }) => hostname)
    if (same.length === 0) return []
    return [
      {
        severity: 'error',
        message: `${input.host.name} calls itself "${input.facts.hostname}", and so does ${same.join(', ')}`,
        remedy: `on ${input.host.name}: hostnamectl set-hostname ${input.host.name}`,
      },
    ]
  },
}
