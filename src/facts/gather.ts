/**
 * Asks a host what it is. Takes a Host, the node names that it should be able to resolve and a clock; gives HostFacts, at the
 * cost of one exec channel. Nothing but gather.sh's own text and those names travels. The answer holds private keys: it is
 * parsed and never logged.
 */
import { HostError } from '../errors.ts'
import type { Host } from '../host/types.ts'
import { shippedText } from '../shipped.ts'
import { readLines } from './lines.ts'
import { parseFacts } from './parse.ts'
import type { HostFacts } from './types.ts'

export type GatherOptions = {
  /** Names that the host is asked to resolve, a second at most. None where Slipway keeps /etc/hosts anyway. */
  readonly names: readonly string[]
  /** etcd's data directory, when it is not kubeadm's. */
  readonly etcdDataDir?: string
  /** The workstation's clock, in milliseconds. */
  readonly now: () => number
  readonly signal?: AbortSignal | undefined
}

// Read whole before any of it runs: a shell that reads its program from a pipe may lose what a command reads from there too.
const runFromStdin = 'script=$(cat) && eval "$script"'

const doing = 'asking the host what it is'

export const gatherFacts = async (host: Host, options: GatherOptions): Promise<HostFacts> => {
  const started = options.now()
  const result = await host.exec({
    command: ['sh', '-c', runFromStdin, 'slipway', options.etcdDataDir ?? '/var/lib/etcd', ...options.names],
    input: gatherScript(),
    doing,
    signal: options.signal,
  })
  const milliseconds = options.now() - started
  const said = readLines(result.stdout)
  if (result.code !== 0 || !said.complete) throw incomplete(host.name, result)
  return parseFacts(host.name, said, {
    workstation: (started + milliseconds / 2) / 1000,
    seconds: milliseconds / 1000,
  })
}

const gatherScript = (): string => shippedText('src/facts/gather.sh')

const incomplete = (host: string, result: { readonly code: number; readonly stderr: string }): HostError =>
  new HostError('the host did not say what it is: its answer was cut off', {
    host,
    doing,
    exitCode: result.code,
    output: result.stderr,
    hint: 'log in there, as the same user, and see whether `sudo sh -c "nproc; df /; systemctl is-system-running"` answers',
  })
