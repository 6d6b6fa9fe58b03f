/** What a phase is: a value. It says which steps bring one host to the wanted state; it never looks at a host itself. */

import type { RoleContents } from '../bundle/role-contents.ts'
import type { ClusterConfig, HostConfig, HostRole } from '../config/schema.ts'
import type { HostFacts } from '../facts/types.ts'
import type { IdentityFile } from '../pki/identity.ts'
import type { KubeletClient } from '../pki/kubelet-client.ts'
import type { Task } from '../plan/types.ts'
import type { RegistryTexts } from '../render/types.ts'

export type JoinToken = {
  readonly token: string
  /** undefined: somebody else made it, who will also delete it. */
  readonly expires: string | undefined
}

/** Everything that planning may know. Clock and randomness are in here as values: the same input gives the same plan. */
export type PlanInput = {
  readonly config: ClusterConfig
  readonly facts: ReadonlyMap<string, HostFacts>
  readonly identity: ReadonlyMap<string, readonly IdentityFile[]>
  readonly caPem: string
  readonly caHash: string
  /** Component → the image name that its manifest asks for. */
  readonly images: Readonly<Record<string, string>>
  readonly contents: (host: HostConfig) => RoleContents
  /** A token for each worker that has still to join, by host name. Secret. */
  readonly joinTokens: ReadonlyMap<string, JoinToken>
  /** A certificate for each kubelet whose own is not to stay, or is of a CA that is being replaced. Secret. */
  readonly kubeletClients?: ReadonlyMap<string, KubeletClient>
  /** By host: the certificate that its kubelet serves, and is not to serve any more. */
  readonly kubeletServing?: ReadonlyMap<string, string>
  /** Where there is a cluster file: what it says about registries. */
  readonly registryTexts?: RegistryTexts
  /** The texts of the user's own manifests, by file. */
  readonly userManifests: readonly { readonly file: string; readonly text: string }[]
}

export type Phase = {
  readonly id: string
  readonly title: string
  readonly roles: readonly HostRole[]
  readonly needs?: (host: HostConfig) => readonly string[]
  readonly tasks: (input: PlanInput, host: HostConfig) => readonly Task[]
}
