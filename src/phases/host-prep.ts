/**
 * Host preparation that survives a reboot: swap, kernel modules and settings, SELinux, names in /etc/hosts, and the marker that
 * says whose the host is. Takes the cluster file and facts; gives steps that leave alone what is right already.
 */
import { clusterMarker } from '../constants.ts'
import { directory, file } from '../plan/steps.ts'
import { steps } from '../plan/tasks.ts'
import type { ShellStep, Step } from '../plan/types.ts'
import { hostPrepFiles } from '../render/files.ts'
import { renderInput } from './render-input.ts'
import type { Phase, PlanInput } from './types.ts'

/** Comments out every line whose third field is `swap`, whatever separates the fields, and never twice (PIT-01). */
const fstabSwap =
  '^[[:space:]]*[^#[:space:]][^[:space:]]*[[:space:]]\\{1,\\}[^[:space:]]\\{1,\\}[[:space:]]\\{1,\\}swap'

const swapOff: ShellStep = {
  kind: 'shell',
  id: 'swap-off',
  title: 'turn swap off, now and after a reboot',
  args: [fstabSwap],
  probe:
    '{ read -r _ && ! read -r _; } </proc/swaps && { [ ! -e /etc/fstab ] || ! grep -q "$1" /etc/fstab; }',
  change: `
    swapoff -a || return 1
    [ -e /etc/fstab ] || return 0
    cp -p /etc/fstab /etc/.fstab.slipway && sed "s/$1/#&/" /etc/fstab >/etc/.fstab.slipway && mv /etc/.fstab.slipway /etc/fstab`,
  hint: 'free enough memory to take what is in swap, or set hostPrep.swap: keep and kubelet.config.failSwapOn: false',
}

const selinuxPermissive: ShellStep = {
  kind: 'shell',
  id: 'selinux-permissive',
  title: 'make SELinux permissive, now and after a reboot',
  probe: `
    [ ! -e /sys/fs/selinux/enforce ] || [ "$(cat /sys/fs/selinux/enforce)" = 0 ] || return 1
    [ ! -e /etc/selinux/config ] || ! grep -q '^SELINUX=enforcing' /etc/selinux/config`,
  change: `
    [ ! -e /sys/fs/selinux/enforce ] || setenforce 0 || return 1
    [ -e /etc/selinux/config ] || return 0
    cp -p /etc/selinux/config /etc/selinux/.config.slipway &&
    sed 's/^SELINUX=enforcing/SELINUX=permissive/' /etc/selinux/config >/etc/selinux/.config.slipway &&
    mv /etc/selinux/.config.slipway /etc/selinux/config`,
}

/** A module that is built into the kernel is not listed anywhere: what counts is whether its work can be done. */
const modules: ShellStep = {
  kind: 'shell',
  id: 'kernel-modules',
  title: 'load overlay and br_netfilter',
  probe: 'grep -qw overlay /proc/filesystems && [ -e /proc/sys/net/bridge/bridge-nf-call-iptables ]',
  change: 'modprobe overlay; modprobe br_netfilter; :',
  hint: 'the kernel lacks overlay or br_netfilter: install the kernel modules package of the distribution',
}

const sysctls = [
  'net.ipv4.ip_forward',
  'net.bridge.bridge-nf-call-iptables',
  'net.bridge.bridge-nf-call-ip6tables',
]

const kernelSettings: ShellStep = {
  kind: 'shell',
  id: 'kernel-settings',
  title: 'apply the kernel settings that pod networks need',
  args: sysctls.map((name) => `/proc/sys/${name.replaceAll('.', '/')}`),
  probe: 'for f; do [ ! -e "$f" ] || [ "$(cat "$f")" = 1 ] || return 1; done',
  change: 'for f; do [ ! -e "$f" ] || echo 1 >"$f" || return 1; done',
  hint: 'another file in /etc/sysctl.d may set it back: `grep -r ip_forward /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d`',
}

const hostNames = ({ config }: PlanInput): Step => ({
  kind: 'block',
  id: '/etc/hosts',
  title: "keep the nodes' names in /etc/hosts",
  path: '/etc/hosts',
  marker: config.name,
  content: config.hosts.map(({ address, name }) => `${address} ${name}\n`).join(''),
})

const marker = ({ config, caHash }: PlanInput): Step =>
  file({ path: clusterMarker, mode: 0o644, content: `name=${config.name}\ncaHash=${caHash}\n` })

export const hostPrep: Phase = {
  id: 'host-prep',
  title: 'Prepare the hosts',
  roles: ['control-plane', 'worker'],
  tasks: (input, host) => {
    const { swap, selinux, hostsFile } = input.config.hostPrep
    return [
      steps(
        directory('/var/lib/slipway', 0o755),
        marker(input),
        ...(swap === 'disable' ? [swapOff] : []),
        ...(selinux === 'permissive' ? [selinuxPermissive] : []),
        ...hostPrepFiles(renderInput(input, host)).map(file),
        modules,
        kernelSettings,
        ...(hostsFile ? [hostNames(input)] : []),
      ),
    ]
  },
}
