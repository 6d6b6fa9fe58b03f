/** A board as rows to draw: a title and a state each, hosts below their phase. Takes a board; gives rows. Pure. */
import type { Board, HostRow, PhaseRow } from './board.ts'
import { oneLine } from './printable.ts'
import { counted, secondsText } from './words.ts'

export type RowState = 'started' | 'completed' | 'skipped' | 'failed' | 'note'

export type Row = {
  /** The same row keeps its key while its title changes. */
  readonly key: string
  readonly title: string
  readonly state: RowState
  readonly rows: readonly Row[]
}

/** More would push the other phases off a terminal of 24 lines. */
const mostHosts = 8

export const rowsOf = (board: Board): readonly Row[] => [
  ...board.phases.map(phaseRow),
  ...board.notes.map((note, index): Row => ({ key: `note ${index}`, title: note, state: 'note', rows: [] })),
]

const ended = ({ outcome }: HostRow): boolean => outcome !== 'waiting' && outcome !== 'running'

const phaseRow = (row: PhaseRow): Row => {
  const open = row.seconds === undefined
  const done = row.hosts.filter(ended).length
  // While a phase is open, whoever is at it; once it has ended, whoever failed.
  const shown = row.hosts.filter(({ outcome }) => outcome === 'failed' || (open && outcome === 'running'))
  const hidden = shown.length - mostHosts
  const more: Row = { key: 'more', title: `and ${counted(hidden, 'more host')}`, state: 'note', rows: [] }
  return {
    key: row.phase,
    title: [row.title, ...(open ? progressOf(row, done) : [endOf(row)])].join('  '),
    state: stateOf(row),
    rows: [...shown.slice(0, mostHosts).map(hostRow), ...(hidden > 0 ? [more] : [])],
  }
}

const progressOf = ({ hosts }: PhaseRow, done: number): readonly string[] =>
  hosts.length > 1 ? [`${done}/${hosts.length}`] : []

const endOf = ({ changed, pending, seconds, hosts }: PhaseRow): string => {
  const interrupted = hosts.filter(({ outcome }) => outcome === 'interrupted').length
  const skipped = hosts.filter(({ outcome }) => outcome === 'skipped').length
  const counts = [
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(pending > 0 ? [`${pending} to do`] : []),
    ...(interrupted > 0 ? [`${counted(interrupted, 'host')} interrupted`] : []),
    ...(skipped > 0 ? [`${counted(skipped, 'host')} skipped`] : []),
  ]
  // A look at the hosts, before anything is done, changes nothing on any.
  const nothing = hosts.some(({ outcome }) => outcome === 'unchanged') ? ['unchanged'] : []
  return [...(counts.length > 0 ? counts : nothing), secondsText(seconds ?? 0)].join(', ')
}

const stateOf = ({ hosts, seconds }: PhaseRow): RowState => {
  if (seconds === undefined) return 'started'
  if (hosts.some(({ outcome }) => outcome === 'failed' || outcome === 'interrupted')) return 'failed'
  if (hosts.length > 0 && hosts.every(({ outcome }) => outcome === 'skipped')) return 'skipped'
  return 'completed'
}

/** A step is one line; why a host failed is told in full. */
const longestStep = 60

const hostRow = ({ host, outcome, doing }: HostRow): Row => {
  const failed = outcome === 'failed'
  const text = oneLine(doing)
  const shown = failed || text.length <= longestStep ? text : `${text.slice(0, longestStep)}…`
  return {
    key: host,
    title: shown === '' ? host : `${host}  ${shown}`,
    state: failed ? 'failed' : 'started',
    rows: [],
  }
}

/** What is left on the screen when the run has ended: nothing turns any more. */
export const finalRowsOf = (board: Board): readonly Row[] =>
  rowsOf(board).map((row) =>
    row.state === 'started' ? { ...row, title: `${row.title}  stopped`, state: 'failed', rows: [] } : row,
  )
