/** The most memory that a process had at any time, in MB. Takes it while it runs; the kernel keeps count (VmHWM of proc_pid_status(5)). */
import type { ChildProcess } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

export const mostMemory = async (child: ChildProcess): Promise<number> => {
  let kilobytes = 0
  while (child.exitCode === null) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
    const found = /^VmHWM:\s+(\d+)/m.exec(status)
    if (!found) break
    kilobytes = Number(found[1])
    await sleep(50)
  }
  return kilobytes / 1000
}
