/**
 * What a plan is made of. Everything here is data: it can be printed, compared, put into golden files and carried out.
 * Steps are what a host does; tasks are what a phase does; a plan is tasks for every host, in the playbook's order.
 */
import type { KubeObject, ObjectRef } from '../api/types.ts'

type StepBase = {
  /** Unique within its phase; what a person reads in a line of output: `/etc/containerd/config.toml`. */
  readonly id: string
  /** A sentence in the imperative: "Write containerd's configuration". */
  readonly title: string
}

/** A file with these contents, mode and owner root:root, written atomically. */
export type FileStep = StepBase & {
  readonly kind: 'file'
  readonly path: string
  readonly content: string
  readonly mode: number
  /** Secret contents are never shown, logged or put into a plan that is printed. */
  readonly secret?: boolean
  /** Where the temporary file is made, when it may not be beside the target (the static pod directory). */
  readonly staging?: string
  /** Write it only where nothing stands at that path yet. */
  readonly createOnly?: boolean
}

export type DirectoryStep = StepBase & {
  readonly kind: 'directory'
  readonly path: string
  readonly mode: number
}

export type AbsentStep = StepBase & { readonly kind: 'absent'; readonly path: string }

export type LinkStep = StepBase & { readonly kind: 'link'; readonly path: string; readonly target: string }

/** Lines between two markers inside a file that is otherwise the user's own. Empty content removes the block. */
export type BlockStep = StepBase & {
  readonly kind: 'block'
  readonly path: string
  readonly marker: string
  readonly content: string
}

/**
 * A change in shell, for what no other kind says. `probe` succeeds when there is nothing to do, `change` does it, and the
 * probe is run again to verify it. Values reach both only as arguments ($1, $2 …): nothing is ever pasted into the script.
 */
export type ShellStep = StepBase & {
  readonly kind: 'shell'
  readonly args?: readonly string[]
  readonly probe: string
  readonly change: string
  /** Said when the change or its verification fails: the cause to look for and the command to run. */
  readonly hint?: string
}

/**
 * A systemd unit that is enabled and running with the configuration whose fingerprint is given: where it last started with
 * another one, it is restarted. The fingerprint is kept on the host, so a run that was killed in between is made good.
 */
export type ServiceStep = StepBase & {
  readonly kind: 'service'
  readonly unit: string
  readonly fingerprint: string
  readonly hint?: string
}

/** An executable from the bundle: the gzipped blob travels, the file is installed when its sha256 is right. */
export type BinaryStep = StepBase & {
  readonly kind: 'binary'
  readonly path: string
  readonly mode: number
  /** sha256 of the file itself. */
  readonly sha256: string
  readonly size: number
  readonly blob: BlobRef
}

/** An executable that has come in a layer of an image: it is copied out of it instead of travelling twice. */
export type ExtractStep = StepBase & {
  readonly kind: 'extract'
  readonly path: string
  readonly mode: number
  readonly sha256: string
  readonly size: number
  /** Its name in containerd. In it, the executable has the same path. */
  readonly image: string
}

/** A command of the host's that is fed blobs from the bundle on its standard input, as one tar in OCI image layout. */
export type ImportStep = StepBase & {
  readonly kind: 'import'
  /** Image names as the kubelet will ask for them, with the digest of what they must be. */
  readonly images: readonly { readonly name: string; readonly digest: string }[]
  readonly blobs: readonly BlobRef[]
  /** The index.json of the layout that travels. */
  readonly index: string
}

export type BlobRef = { readonly digest: string; readonly size: number }

export type Step =
  | FileStep
  | DirectoryStep
  | AbsentStep
  | LinkStep
  | BlockStep
  | ShellStep
  | ServiceStep
  | BinaryStep
  | ExtractStep
  | ImportStep

export type StepKind = Step['kind']

/** What a host answers for a step. `pending`: it would change (check mode). */
export type StepStatus = 'changed' | 'unchanged' | 'pending' | 'failed'

/** One phase's work on one host, or (objects, delete, wait) through one host on the cluster. */
export type Task =
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | { readonly kind: 'objects'; readonly objects: readonly KubeObject[]; readonly as?: 'super-admin' }
  | { readonly kind: 'delete'; readonly refs: readonly ObjectRef[] }
  | { readonly kind: 'wait'; readonly condition: Condition }

/** A state that is waited for. What is looked at, and what is said when it does not come, is in `run/conditions/`. */
export type Condition = {
  readonly id: string
  /** "the API server is healthy" */
  readonly sentence: string
  readonly seconds: number
  readonly args?: Readonly<Record<string, string>>
}

export type PartId = { readonly phase: string; readonly host: string }

export type HostPlan = {
  readonly host: string
  /** Phases that must have ended, on all of their hosts, before this one starts on this host. */
  readonly needs: readonly string[]
  /** Parts, of this phase or another, that must have ended before: hosts that take turns. */
  readonly after?: readonly PartId[]
  readonly tasks: readonly Task[]
}

export type PhasePlan = {
  readonly phase: string
  readonly title: string
  readonly hosts: readonly HostPlan[]
}

/** Phases in order. A host goes through those that name it one after the other; hosts do not wait for each other but by `needs`. */
export type Plan = { readonly phases: readonly PhasePlan[] }
