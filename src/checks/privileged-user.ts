/** Everything that an installer does on a host needs root, directly or through sudo. kubeadm: IsPrivilegedUser. */
import { type Check, everyRole } from './types.ts'

export const privilegedUser: Check = {
  ids: ['IsPrivilegedUser'],
  title: 'commands run as root',
  roles: everyRole,
  run: ({ facts }) =>
    facts.uid === 0
      ? []
      : [
          {
            severity: 'error',
            message: `commands run with user id ${facts.uid}, not as root`,
            remedy: 'log in as root, or as a user that may use sudo: ssh.user in the cluster file',
          },
        ],
}
