/** Since when the components of a control plane have run on a host, by its own clock. Takes the host; gives what its runtime says. */
import { HostError } from '../../errors.ts'
import type { Around } from './types.ts'

export type HostComponents = {
  /** As the components see it: they run in the host's own network, and take it for their name. */
  readonly hostname: string
  /** Milliseconds since 1970, like all times here. */
  readonly now: number
  /** When each container of a component was made that has not ended. */
  readonly since: (component: string) => readonly number[]
}

type Container = {
  readonly metadata: { readonly name: string }
  readonly labels?: Readonly<Record<string, string>>
  readonly state: string
  /** Nanoseconds since 1970, more digits than a number holds. */
  readonly createdAt: string
}

/** A container whose state the runtime does not know has perhaps not ended. */
const hasEnded = ({ state }: Container): boolean => state === 'CONTAINER_EXITED'

const isOf = ({ metadata, labels }: Container, component: string): boolean =>
  metadata.name === component && labels?.['io.kubernetes.pod.namespace'] === 'kube-system'

export const hostComponents = async ({ host, signal }: Around): Promise<HostComponents> => {
  const doing = 'asking which components run'
  const command = ['sh', '-c', 'uname -n && date +%s && crictl ps --all --output json']
  const { code, stdout, stderr } = await host.exec({ command, doing, signal })
  if (code !== 0)
    throw new HostError('its runtime does not say what runs', { host: host.name, doing, output: stderr })
  const [hostname = '', seconds = '', ...json] = stdout.split('\n')
  const { containers } = JSON.parse(json.join('\n')) as { readonly containers: readonly Container[] }
  return {
    hostname,
    now: Number(seconds) * 1000,
    since: (component) =>
      containers
        .filter((container) => isOf(container, component) && !hasEnded(container))
        .map(({ createdAt }) => Number(BigInt(createdAt) / 1_000_000n)),
  }
}
