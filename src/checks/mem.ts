/** Memory of a control plane. kubeadm: Mem, with the same limit, which leaves room below a "2 GB" machine. */
import type { Check } from './types.ts'

// kubeadm app/constants: ControlPlaneMem.
const requiredMB = 1700

export const mem: Check = {
  ids: ['Mem'],
  title: 'a control plane has 1700 MB of memory',
  roles: ['control-plane'],
  run: ({ facts, host }) =>
    facts.memoryMB >= requiredMB
      ? []
      : [
          {
            severity: 'error',
            message: `the system RAM (${facts.memoryMB} MB) is less than the minimum ${requiredMB} MB`,
            remedy: `give ${host.name} 2 GB of memory or more, or make it a worker`,
          },
        ],
}
