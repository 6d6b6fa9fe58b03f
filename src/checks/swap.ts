/** Swap that stays on because the cluster file says so; otherwise host preparation turns it off. kubeadm: Swap. */
import { type Check, everyRole } from './types.ts'

export const swap: Check = {
  ids: ['Swap'],
  title: 'swap is off, or kept on purpose',
  roles: everyRole,
  run: ({ facts, config }) => {
    if (facts.swaps.length === 0 || config.hostPrep.swap === 'disable') return []
    const where = `swap is on (${facts.swaps.join(', ')}) and is kept (hostPrep.swap: keep)`
    if (facts.cgroup === 'v1') {
      return [
        {
          severity: 'warning',
          message: `${where}; swap is supported for cgroup v2 only, and this host has cgroup v1`,
          remedy: 'set hostPrep.swap: disable in the cluster file, or move the host to cgroup v2',
        },
      ]
    }
    return [
      {
        severity: 'warning',
        message: `${where}; memory of secrets may reach the disk unencrypted`,
        remedy: 'set hostPrep.swap: disable in the cluster file, or encrypt the swap',
      },
    ]
  },
}
