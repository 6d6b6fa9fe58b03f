/** A kubelet service that is there before ours: without its configuration it crashes in a loop. kubeadm: Service-Kubelet. */
import { type Check, everyRole } from './types.ts'

export const serviceKubelet: Check = {
  ids: ['Service-kubelet'],
  title: 'no kubelet service runs yet',
  roles: everyRole,
  run: ({ facts, ownership }) => {
    const unit = facts.units['kubelet']
    if (unit === undefined || ownership.kind === 'ours' || !(unit.active || unit.enabled)) return []
    return [
      {
        severity: 'warning',
        message: `kubelet.service is already ${unit.active ? 'running' : 'enabled'}; it will be replaced`,
        remedy: 'systemctl disable --now kubelet',
      },
    ]
  },
}
