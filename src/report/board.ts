/**
 * What a terminal shows of a run, as a value: the phases that have started, and in each the hosts that are at it. Takes events one
 * by one; gives the next board. Hosts go through phases at their own speed, so several phases are open at once. Pure.
 */
import type { HostOutcome, RunEvent } from '../run/events.ts'
import { findingText } from './findings.ts'

export type HostRow = {
  readonly host: string
  readonly outcome: HostOutcome | 'waiting' | 'running'
  /** The step it is at, or why it failed. */
  readonly doing: string
}

export type PhaseRow = {
  readonly phase: string
  readonly title: string
  readonly hosts: readonly HostRow[]
  readonly changed: number
  readonly pending: number
  /** undefined while it is open. */
  readonly seconds: number | undefined
}

export type Board = {
  readonly phases: readonly PhaseRow[]
  /** Findings and messages, in the order in which they came. */
  readonly notes: readonly string[]
}

export const emptyBoard: Board = { phases: [], notes: [] }

export const boardAfter = (board: Board, event: RunEvent): Board => {
  switch (event.kind) {
    case 'phase-start':
      return { ...board, phases: [...board.phases, startedPhase(event)] }
    case 'phase-end':
      return withPhase(board, event.phase, (row) => ({ ...row, seconds: event.seconds }))
    case 'host-start':
      return withHost(board, event, (row) => ({ ...row, outcome: 'running' }))
    case 'host-end':
      return withHost(board, event, (row) => ({ ...row, outcome: event.outcome, doing: event.error ?? '' }))
    case 'step':
      return afterStep(board, event)
    case 'progress':
      return withHost(board, event, (row) => ({ ...row, doing: event.message }))
    case 'finding':
      return { ...board, notes: [...board.notes, findingText(event.finding)] }
    case 'message':
      return {
        ...board,
        notes: [...board.notes, event.level === 'warning' ? `warning: ${event.text}` : event.text],
      }
    case 'run-start':
    case 'run-end':
      return board
  }
}

const startedPhase = ({
  phase,
  title,
  hosts,
}: Extract<RunEvent, { readonly kind: 'phase-start' }>): PhaseRow => ({
  phase,
  title,
  hosts: hosts.map((host) => ({ host, outcome: 'waiting', doing: '' })),
  changed: 0,
  pending: 0,
  seconds: undefined,
})

const afterStep = (board: Board, event: Extract<RunEvent, { readonly kind: 'step' }>): Board => {
  const counted = withPhase(board, event.phase, (row) => ({
    ...row,
    changed: row.changed + (event.status === 'changed' ? 1 : 0),
    pending: row.pending + (event.status === 'pending' ? 1 : 0),
  }))
  return withHost(counted, event, (row) => ({ ...row, doing: event.title }))
}

const withPhase = (board: Board, phase: string, change: (row: PhaseRow) => PhaseRow): Board => ({
  ...board,
  phases: board.phases.map((row) => (row.phase === phase ? change(row) : row)),
})

const withHost = (
  board: Board,
  at: { readonly phase: string; readonly host: string },
  change: (row: HostRow) => HostRow,
): Board =>
  withPhase(board, at.phase, (row) => ({
    ...row,
    hosts: row.hosts.map((host) => (host.host === at.host ? change(host) : host)),
  }))
