/** The argv that makes a lab host. Takes what the host shall be; gives podman's arguments: pure, so that a test can read it. */
import { networkName } from './network.ts'
import { labels } from './podman.ts'
import type { WantedHost } from './types.ts'

export const containerName = (lab: string, host: string): string => `slipway-lab-${lab}-${host}`

export const runArguments = (lab: string, host: WantedHost, image: string): readonly string[] => [
  ...['run', '--detach', '--name', containerName(lab, host.name), '--hostname', host.name],
  ...Object.entries({
    [labels.lab]: lab,
    [labels.host]: host.name,
    [labels.address]: host.address,
    [labels.role]: host.role,
  }).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
  ...hostOptions,
  ...['--network', networkName(lab), '--ip', host.address],
  ...['--mac-address', macAddress(host.address)],
  image,
]

/**
 * The same after every start, as on a real machine: with another one its neighbours would send to the old one for half a
 * minute. Locally administered (the 02), made from the address, as Docker does.
 */
export const macAddress = (address: string): string =>
  ['02', '42', ...address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))].join(':')

/** What makes a container behave as a machine of its own. The Vagrantfile's docker provider states the same options. */
export const hostOptions: readonly string[] = [
  '--privileged',
  // podman's own systemd mode puts all containers of a cgroup v1 machine into one name=systemd hierarchy: stopping one host
  // would end the others. So it is off, and systemd is told by itself that it runs in a container.
  '--systemd=false',
  '--env=container=podman',
  '--cgroupns=private',
  '--stop-signal=SIGRTMIN+3',
  // Within the hard limits that a machine without CAP_SYS_RESOURCE can give.
  '--ulimit=nofile=16384:16384',
  '--ulimit=nproc=32768:32768',
  '--tmpfs=/run',
  '--tmpfs=/tmp',
  // containerd's snapshots cannot lie on the container's own overlay. All of /var/lib, not only /var/lib/containerd, so that
  // a host has no mount points that a real one would not have, and a reset can remove what it finds.
  '--volume=/var/lib',
  // podman's /etc/hosts is a mounted file, which cannot be replaced atomically.
  '--no-hosts',
]
