/**
 * The name=systemd hierarchy that every systemd on a cgroup v1 machine needs. Mounted where it is missing, and then
 * remembered, so that the last lab that goes takes it away again, and only then.
 */
import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootId } from './boot-id.ts'
import { runCommand, tryCommand } from './run-command.ts'
import type { Say } from './types.ts'

const mountPoint = '/sys/fs/cgroup/systemd'

/** A machine with cgroup v2 alone needs nothing: it has no v1 controllers mounted. */
export const needsSystemdHierarchy = (mounts: string): boolean => {
  const v1 = mounts.split('\n').filter((line) => line.split(' ')[2] === 'cgroup')
  return v1.length > 0 && !v1.some((line) => /\bname=systemd\b/.test(line))
}

export const ensureSystemdHierarchy = async (labsDirectory: string, say: Say): Promise<void> => {
  if (!needsSystemdHierarchy(await readFile('/proc/self/mounts', 'utf8'))) return
  say(`mounting the systemd cgroup hierarchy at ${mountPoint}`)
  await mkdir(mountPoint, { recursive: true })
  await runCommand(['mount', '-t', 'cgroup', '-o', 'none,name=systemd', 'cgroup', mountPoint])
  await writeFile(reminder(labsDirectory), await bootId())
}

/** Called when no lab is left. A mount of an earlier boot is gone by itself, and one there now is somebody else's. */
export const releaseSystemdHierarchy = async (labsDirectory: string): Promise<void> => {
  const mountedAt = await readFile(reminder(labsDirectory), 'utf8').catch(() => undefined)
  if (mountedAt === undefined) return
  if (mountedAt === (await bootId())) {
    const { code } = await tryCommand(['umount', mountPoint])
    if (code === 0) await rmdir(mountPoint).catch(() => {})
  }
  await rm(reminder(labsDirectory), { force: true })
}

const reminder = (labsDirectory: string): string => join(labsDirectory, '.mounted-systemd-hierarchy')
