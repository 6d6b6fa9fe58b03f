/** What the step compiler takes and gives. */
import type { BlobRef, Step, StepStatus } from '../plan/types.ts'

/** `check` only looks; `apply` looks, changes, and looks again. */
export type ProgramMode = 'check' | 'apply'

export type Section = { readonly phase: string; readonly steps: readonly Step[] }

export type StepResult = {
  readonly phase: string
  readonly step: string
  readonly status: StepStatus
  /** Why it would change, did change, or failed; then, where it failed, the last of what the host printed. */
  readonly detail?: string
  /** Check mode, a pending file or block that is no secret: what is there now. */
  readonly current?: string
  /** Check mode, a pending binary or import: the digests of the blobs that have to travel. May be empty. */
  readonly missingBlobs?: readonly string[]
}

/** Which steps have their blobs with them: what a check found missing. The results of a check can be given as they are. */
export type Travelling = Pick<StepResult, 'phase' | 'step' | 'missingBlobs'>

export type ProgramRequest = {
  readonly sections: readonly Section[]
  readonly mode: ProgramMode
  readonly payload?: readonly Travelling[]
  /** A prefix of every path, for tests. */
  readonly root?: string
}

/** What follows the tar on the program's input, in the order in which its steps read it. */
export type Payload =
  | { readonly kind: 'blob'; readonly blob: BlobRef; readonly size: number }
  | {
      readonly kind: 'layout'
      readonly index: string
      readonly blobs: readonly BlobRef[]
      readonly size: number
    }

export type PlacedStep = { readonly phase: string; readonly step: Step }

export type Program = {
  readonly mode: ProgramMode
  readonly root: string
  /** The steps in the order in which the host answers: an answer says its index in here. */
  readonly steps: readonly PlacedStep[]
  /** The program and the small files that it places. */
  readonly tar: Uint8Array
  readonly payloads: readonly Payload[]
}

/** Where the contents of blobs come from: a bundle. A chunk is good until the next is asked for. */
export type BlobSource = { readonly read: (digest: string) => AsyncIterable<Uint8Array> }
