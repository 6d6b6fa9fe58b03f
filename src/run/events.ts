/** What running says while it runs. Reporters draw these and nothing else; `--output json` prints them as they are. */
import type { StepStatus } from '../plan/types.ts'

export type HostOutcome = 'changed' | 'unchanged' | 'pending' | 'failed' | 'skipped' | 'interrupted'

export type Finding = {
  /** The id that `--ignore` takes: `Port-6443`. */
  readonly id: string
  readonly severity: 'error' | 'warning'
  readonly host: string
  readonly message: string
  readonly remedy: string
  readonly ignored?: boolean
}

export type PhaseSummary = {
  readonly phase: string
  readonly seconds: number
  readonly changed: number
  readonly unchanged: number
  readonly pending: number
  readonly failed: number
}

export type RunEvent =
  | {
      readonly kind: 'run-start'
      readonly command: string
      readonly cluster: string
      readonly hosts: readonly string[]
      readonly phases: readonly {
        readonly id: string
        readonly title: string
        readonly hosts: readonly string[]
      }[]
    }
  | {
      readonly kind: 'phase-start'
      readonly phase: string
      readonly title: string
      readonly hosts: readonly string[]
    }
  | { readonly kind: 'host-start'; readonly phase: string; readonly host: string }
  | {
      readonly kind: 'step'
      readonly phase: string
      readonly host: string
      readonly step: string
      readonly title: string
      readonly status: StepStatus
      readonly detail?: string
    }
  | { readonly kind: 'progress'; readonly phase: string; readonly host: string; readonly message: string }
  | { readonly kind: 'finding'; readonly finding: Finding }
  | {
      readonly kind: 'host-end'
      readonly phase: string
      readonly host: string
      readonly outcome: HostOutcome
      readonly seconds: number
      readonly error?: string
    }
  | { readonly kind: 'phase-end'; readonly phase: string; readonly seconds: number }
  | { readonly kind: 'message'; readonly level: 'info' | 'warning'; readonly text: string }
  | {
      readonly kind: 'run-end'
      readonly outcome: 'done' | 'unchanged' | 'failed' | 'interrupted'
      readonly seconds: number
      readonly changed: number
      readonly unchanged: number
      readonly phases: readonly PhaseSummary[]
      /** What to do next, one line each. */
      readonly next: readonly string[]
      readonly log?: string
    }

export type Emit = (event: RunEvent) => void
