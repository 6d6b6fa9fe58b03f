/** What a lab is: throw-away hosts on this machine, and a folder with the key, the host keys and the cluster file for them. */

/** One line for a person who is waiting. */
export type Say = (line: string) => void

export type LabRole = 'control-plane' | 'worker'

export type WantedHost = { readonly name: string; readonly address: string; readonly role: LabRole }

export type LabHost = WantedHost & { readonly containerId: string }

export type Lab = {
  readonly name: string
  readonly directory: string
  /** The /24 that the hosts share: `172.30.7.0/24`. */
  readonly subnet: string
  readonly clusterFile: string
  readonly identityFile: string
  readonly knownHostsFile: string
  readonly hosts: readonly LabHost[]
}
