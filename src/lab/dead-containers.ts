/**
 * Containers that podman takes for running and that are not: every process of the machine was ended, conmon among them, which
 * would have told podman. Until it hears of it, podman can neither start nor cleanly remove such a container.
 */
import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tryPodman } from './podman.ts'

/** Where conmon leaves the exit code of a container for podman to find (conmon(8), --exit-dir), for root. */
const exitDirectory = '/run/libpod/exits'
/** As after SIGKILL. */
const exitCode = '137'

type State = {
  readonly Id: string
  readonly State: { readonly Status: string; readonly Pid: number; readonly ConmonPid?: number }
}

/** Says in conmon's place that the container has ended, where it has. */
export const settleDeadContainer = async (idOrName: string): Promise<void> => {
  const { code, stdout } = await tryPodman('container', 'inspect', idOrName)
  const [container] = code === 0 ? (JSON.parse(stdout) as readonly State[]) : []
  if (container === undefined || !isDead(container) || !existsSync(exitDirectory)) return
  await writeFile(join(exitDirectory, container.Id), exitCode)
  await tryPodman('container', 'cleanup', idOrName)
}

/** "stopping" as well: that is where podman stays when it was told to stop a container that was dead already. */
const isDead = ({ State: state }: State): boolean =>
  ['running', 'stopping'].includes(state.Status) && !isRunning(state.Pid) && !isRunning(state.ConmonPid ?? 0)

/** A zombie does not run: proc(5) gives its state after the name in brackets. */
const isRunning = (pid: number): boolean => {
  const stat = pid > 0 && existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ''
  return stat !== '' && !/\) [ZX] /.test(stat)
}
