/** How podman is spoken to. Takes argv without the first words; gives argv, output, or parsed JSON. */
import { runCommand, tryCommand } from './run-command.ts'

/**
 * runc, because crun fails on machines with both cgroup v1 and v2 mounted; cgroupfs, because the machine may itself be one
 * without systemd.
 */
export const podmanCommand = ['podman', '--runtime', 'runc', '--cgroup-manager=cgroupfs'] as const

/** The labels that say what is ours. Nothing without them is ever touched. */
export const labels = {
  lab: 'slipway.lab',
  host: 'slipway.lab.host',
  address: 'slipway.lab.address',
  role: 'slipway.lab.role',
} as const

export const podman = (...args: readonly string[]): Promise<string> =>
  runCommand([...podmanCommand, ...args], { title: `podman ${args[0]}` })

export const tryPodman = (...args: readonly string[]) => tryCommand([...podmanCommand, ...args])

export const podmanJson = async (...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await podman(...args)) || 'null')
