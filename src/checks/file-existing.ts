/** Commands that the host has to have. kubeadm: FileExisting-<name>, for losetup, mount and cp; ours for the others. */
import { type Check, everyRole } from './types.ts'

type Needed = { readonly command: string; readonly what: string; readonly packageName: string }

const needed: readonly [Needed, ...Needed[]] = [
  { command: 'sh', what: 'runs the steps', packageName: 'dash or bash' },
  { command: 'tar', what: 'unpacks what is sent', packageName: 'tar' },
  { command: 'gzip', what: 'unpacks what is sent', packageName: 'gzip' },
  { command: 'sha256sum', what: 'checks what is sent', packageName: 'coreutils' },
  { command: 'cp', what: 'is what kubeadm and the kubelet copy with', packageName: 'coreutils' },
  { command: 'mount', what: 'is what the kubelet mounts volumes with', packageName: 'mount or util-linux' },
  {
    command: 'losetup',
    what: 'is what the kubelet maps block volumes with',
    packageName: 'mount or util-linux',
  },
  { command: 'systemctl', what: 'starts containerd and the kubelet', packageName: 'systemd' },
]

const idOf = (command: string): string => `FileExisting-${command}`
const [first, ...others] = needed

export const fileExisting: Check = {
  ids: [idOf(first.command), ...others.map(({ command }) => idOf(command))],
  title: 'the commands that a host needs are there',
  roles: everyRole,
  run: ({ facts }) =>
    needed
      .filter(({ command }) => facts.commands[command] === undefined)
      .map(({ command, what, packageName }) => ({
        id: idOf(command),
        severity: 'error',
        message: `${command} not found in system path; it ${what}`,
        remedy: `install the package that brings it (${packageName}) with the host's own package manager`,
      })),
}
