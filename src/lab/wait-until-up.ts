/** Waits for a lab host: sshd answers and systemd has started everything. Gives up with what it last saw. */
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { HostError, Interrupted } from '../errors.ts'
import { podmanCommand, tryPodman } from './podman.ts'
import type { LabHost } from './types.ts'

/** A host takes 3 to 8 seconds; many at once on two cores take their share of them each. */
const bootTimeoutMs = 120_000
const pollMs = 250
const sshBannerTimeoutMs = 2_000
/** systemctl waits by itself: each question through podman takes a tenth of a second of a core. */
const systemdWaitSeconds = '10'

export const waitUntilUp = async (host: LabHost, signal?: AbortSignal): Promise<void> => {
  const deadline = Date.now() + bootTimeoutMs
  for (;;) {
    if (signal?.aborted) throw new Interrupted()
    const obstacle = (await sshObstacle(host)) ?? (await systemdObstacle(host))
    if (obstacle === undefined) return
    if (Date.now() > deadline) throw notUp(host, obstacle)
    await sleep(pollMs)
  }
}

const systemdObstacle = async ({ containerId }: LabHost): Promise<string | undefined> => {
  const isRunning = ['systemctl', 'is-system-running', '--wait']
  const { stdout, stderr } = await tryPodman('exec', containerId, 'timeout', systemdWaitSeconds, ...isRunning)
  const state = stdout.trim()
  if (state === 'running') return undefined
  if (state !== '') return `systemd is ${state}`
  return `systemd is still starting${stderr.trim() === '' ? '' : ` (${stderr.trim()})`}`
}

/** The server speaks first (RFC 4253, 4.2). */
const sshObstacle = (host: LabHost): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: host.address, port: 22, timeout: sshBannerTimeoutMs })
    const end = (obstacle?: string) => {
      socket.destroy()
      resolve(obstacle)
    }
    socket.once('data', (banner) => {
      const text = banner.toString()
      end(text.startsWith('SSH-2.0') ? undefined : `port 22 answers with "${text.slice(0, 40)}"`)
    })
    socket.once('timeout', () => end('sshd does not answer'))
    socket.once('error', (error) => end(`sshd: ${error.message}`))
    socket.once('close', () => end('sshd closed the connection'))
  })

const notUp = (host: LabHost, obstacle: string): HostError => {
  const look = [...podmanCommand, 'exec', host.containerId.slice(0, 12), 'systemctl', '--failed']
  return new HostError(`${host.name}: the lab host did not come up: ${obstacle}`, {
    host: host.name,
    doing: 'wait until systemd and sshd run',
    hint: `see what failed with: ${look.join(' ')}`,
  })
}
