/** SELinux that enforces, which containers need a policy for. What is done about it is `hostPrep.selinux`. */
import { type Check, everyRole } from './types.ts'

export const selinux: Check = {
  ids: ['SELinux'],
  title: 'SELinux lets containers work',
  roles: everyRole,
  run: ({ facts, config }) => {
    if (facts.selinux !== 'enforcing') return []
    if (config.hostPrep.selinux === 'permissive') {
      return [
        {
          severity: 'warning',
          message: 'SELinux is enforcing; it will be made permissive, now and for the next start of the host',
          remedy: 'to leave it as it is, set hostPrep.selinux: keep in the cluster file',
        },
      ]
    }
    return [
      {
        severity: 'warning',
        message: 'SELinux is enforcing and is kept so (hostPrep.selinux: keep): containers need its policy',
        remedy: 'see that the package container-selinux is installed: rpm -q container-selinux',
      },
    ]
  },
}
