/** A kubelet that a package brought, at another version than the bundle's or soon to be. kubeadm: KubeletVersion. */
import { type Check, everyRole } from './types.ts'

export const kubeletVersion: Check = {
  ids: ['KubeletVersion'],
  title: 'the only kubelet is the one of the bundle',
  roles: everyRole,
  run: ({ facts, config, ownership }) => {
    const path = facts.commands['kubelet']
    if (path === undefined || ownership.kind === 'ours') return []
    return [
      {
        severity: 'warning',
        message: `there is a kubelet at ${path}; the bundle brings ${config.kubernetes.version}, and a package's upgrade would put its own version back`,
        remedy:
          'remove the package first (`apt-get remove kubelet` or `dnf remove kubelet`), or hold it (`apt-mark hold kubelet`)',
      },
    ]
  },
}
