/** What this machine does not give to its containers. Reads /proc; gives the limits that the cluster file answers. */
import { readFile } from 'node:fs/promises'
import type { MachineLimits } from './cluster-file.ts'

/** Bit 24 of the capability sets (linux/capability.h). */
const capSysResource = 24n

export const machineLimits = async (): Promise<MachineLimits> => {
  const [status, mounts] = await Promise.all([
    readFile('/proc/self/status', 'utf8'),
    readFile('/proc/self/mounts', 'utf8'),
  ])
  return limitsFrom(status, mounts)
}

/** The bounding set is the most that a container of this machine can have. */
export const limitsFrom = (status: string, mounts: string): MachineLimits => {
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? 'ffffffffffffffff'}`)
  const cgroupV1 = mounts.split('\n').some((line) => line.split(' ')[2] === 'cgroup')
  return { cgroupV1, noSysResource: ((bounding >> capSysResource) & 1n) === 0n }
}
