/** containerd and the kubelet are systemd units, and the kubelet's cgroups are systemd's slices. */
import { type Check, everyRole } from './types.ts'

export const systemd: Check = {
  ids: ['Systemd'],
  title: 'the host runs systemd',
  roles: everyRole,
  run: ({ facts }) =>
    facts.systemd
      ? []
      : [
          {
            severity: 'error',
            message: 'the host was not started by systemd: /run/systemd/system does not exist',
            remedy: 'use a distribution that runs systemd; a container needs /sbin/init as its first process',
          },
        ],
}
