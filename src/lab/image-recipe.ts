/**
 * What a lab host is made of: a small Debian as a cloud provider would hand it out, with nothing of Kubernetes. Data only;
 * its hash names the image, so a change here makes a new one.
 */
import { createHash } from 'node:crypto'

export const release = 'bookworm'

/** What any Debian server has, and what the kubelet and kube-proxy call: conntrack, iptables, nft, socat, ethtool, mount. */
export const packages = [
  'ca-certificates',
  'conntrack',
  'dbus',
  'ethtool',
  'iproute2',
  'iptables',
  'iputils-ping',
  'kmod',
  'netbase',
  'nftables',
  'openssh-server',
  'procps',
  'socat',
  'sudo',
  'systemd',
  'systemd-sysv',
] as const

/**
 * Every boot: a host key and a product UUID of its own (nodes are told apart by it, and /sys shows all containers that of the
 * machine), its own name in /etc/hosts as Debian's installer writes it, and the root mount shared as systemd leaves it on a
 * real machine (in a container it does not). The machine-id is systemd's to make: it is empty in the image.
 */
const bootScript = `#!/bin/sh
set -eu
mount --make-rshared /
[ -e /etc/ssh/ssh_host_ed25519_key ] || ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
uuid=/sys/class/dmi/id/product_uuid
if [ -e $uuid ]; then
  [ -s /etc/lab-product-uuid ] || cat /proc/sys/kernel/random/uuid > /etc/lab-product-uuid
  mount --bind /etc/lab-product-uuid $uuid
fi
name=$(cat /proc/sys/kernel/hostname)
grep -q "^127.0.1.1 $name\\$" /etc/hosts || echo "127.0.1.1 $name" >> /etc/hosts
`

const bootUnit = `[Unit]
Description=What makes this lab host differ from the others
Before=ssh.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-host-boot

[Install]
WantedBy=multi-user.target
`

/** One host key: to make an RSA key, which nobody would use, takes a core a second. */
const sshd = 'HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\nUseDNS no\n'

export const files: readonly { readonly path: string; readonly mode: number; readonly content: string }[] = [
  { path: 'usr/local/sbin/lab-host-boot', mode: 0o755, content: bootScript },
  { path: 'etc/systemd/system/lab-host-boot.service', mode: 0o644, content: bootUnit },
  {
    path: 'etc/hosts',
    mode: 0o644,
    content: '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n',
  },
  { path: 'etc/sudoers.d/ops', mode: 0o440, content: 'ops ALL=(ALL) NOPASSWD: ALL\n' },
  { path: 'etc/ssh/sshd_config.d/lab.conf', mode: 0o644, content: sshd },
]

/**
 * Run inside the new system. Getty is masked because there is no terminal, and without that systemd calls itself degraded.
 * 50-pid-max.conf would set a limit of the whole machine, which a lab host must leave alone.
 */
export const setup = `
export DEBIAN_FRONTEND=noninteractive
useradd --create-home --shell /bin/bash ops
install --directory --mode=0700 /root/.ssh /home/ops/.ssh
chown -R ops:ops /home/ops/.ssh
ln -s /dev/null /etc/systemd/system/getty@tty1.service
ln -s /dev/null /etc/systemd/system/console-getty.service
ln -s /dev/null /etc/sysctl.d/50-pid-max.conf
systemctl enable lab-host-boot.service ssh.service
systemctl set-default multi-user.target
rm -f /etc/ssh/ssh_host_*
: > /etc/machine-id
: > /etc/default/locale
rm -f /var/lib/dbus/machine-id
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/*.log /var/cache/debconf/*-old
`

export const recipeHash = (architecture: string): string =>
  createHash('sha256')
    .update(JSON.stringify({ architecture, release, packages, files, setup }))
    .digest('hex')
    .slice(0, 16)
