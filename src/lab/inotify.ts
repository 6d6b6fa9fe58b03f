/**
 * How many inotify instances a user of this machine may have. All lab hosts share them: a host with a node on it takes about twenty
 * (systemd, containerd, the kubelet, what runs in pods), so that the kernel's usual 128 are used up by seven hosts, and what comes then
 * fails with "too many open files". Raised where it is less and may be raised, and put back when the last lab goes.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bootId } from './boot-id.ts'
import type { Say } from './types.ts'

const setting = '/proc/sys/fs/inotify/max_user_instances'
const enough = 1024

const reminder = (labsDirectory: string): string => join(labsDirectory, '.inotify-before')

export const raiseInotifyInstances = async (labsDirectory: string, say: Say): Promise<void> => {
  const before = Number(await readFile(setting, 'utf8'))
  if (before >= enough) return
  try {
    await writeFile(setting, String(enough))
  } catch {
    // Where the machine is itself a container without that right, a lab of a few hosts has enough.
    return
  }
  say(`raised fs.inotify.max_user_instances from ${before} to ${enough}`)
  await writeFile(reminder(labsDirectory), `${await bootId()}${before}`)
}

/** Called when no lab is left. One that was raised before a restart of the machine is as it was by itself. */
export const releaseInotifyInstances = async (labsDirectory: string): Promise<void> => {
  const remembered = await readFile(reminder(labsDirectory), 'utf8').catch(() => undefined)
  if (remembered === undefined) return
  const boot = await bootId()
  if (remembered.startsWith(boot)) await writeFile(setting, remembered.slice(boot.length)).catch(() => {})
  await rm(reminder(labsDirectory), { force: true })
}
