/** What a preflight check is: a value. Its work is a pure function of the cluster file and of what the hosts said. */
import type { ClusterConfig, HostConfig, HostRole } from '../config/schema.ts'
import type { Ownership } from '../facts/ownership.ts'
import type { HostFacts } from '../facts/types.ts'

export type CheckInput = {
  readonly config: ClusterConfig
  readonly host: HostConfig
  readonly facts: HostFacts
  /** Every host that answered, this one too, by its name in the cluster file. */
  readonly all: ReadonlyMap<string, HostFacts>
  /** On a host that already carries this cluster, ports and files of Kubernetes are our own. */
  readonly ownership: Ownership
  /** Architectures that the bundle is for. None: nothing of a bundle is needed, as when certificates are renewed. */
  readonly bundled?: readonly string[] | undefined
}

export type Problem = {
  /** Which of the check's ids; the first where it is left out. */
  readonly id?: string
  readonly severity: 'error' | 'warning'
  /** What is wrong, with the value that was seen. */
  readonly message: string
  /** What to do: a command to run on the host, or a line of the cluster file. */
  readonly remedy: string
}

export type Check = {
  /** What `--ignore` takes; kubeadm's own where it has one. */
  readonly ids: readonly [string, ...string[]]
  readonly title: string
  readonly roles: readonly HostRole[]
  readonly run: (input: CheckInput) => readonly Problem[]
}

export const everyRole: readonly HostRole[] = ['control-plane', 'worker']
