/** A control plane's five pods do not fit one CPU. kubeadm: NumCPU, with the same limit. */
import type { Check } from './types.ts'

// kubeadm app/constants: ControlPlaneNumCPU.
const required = 2

export const numCpu: Check = {
  ids: ['NumCPU'],
  title: 'a control plane has two CPUs',
  roles: ['control-plane'],
  run: ({ facts, host }) =>
    facts.cpus >= required
      ? []
      : [
          {
            severity: 'error',
            message: `the number of available CPUs ${facts.cpus} is less than the required ${required}`,
            remedy: `give ${host.name} at least ${required} CPUs, or make it a worker`,
          },
        ],
}
