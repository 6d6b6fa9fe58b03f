/** The end of a run in a few lines: what came of it, where the time went, what to do next. Takes the last event; gives text. */
import type { PhaseSummary, RunEvent } from '../run/events.ts'
import { noPaint, type Paint } from './paint.ts'
import { columns } from './table.ts'
import { counted, secondsText } from './words.ts'

export type RunEnd = Extract<RunEvent, { readonly kind: 'run-end' }>

export type SummaryContext = {
  readonly hosts: number
  readonly warnings: number
  readonly paint?: Paint
}

export const summaryText = (end: RunEnd, context: SummaryContext): string => {
  const paint = context.paint ?? noPaint
  const table = end.outcome === 'unchanged' ? [] : phaseTable(end.phases)
  return [
    headline(end, context.hosts, paint),
    ...(context.warnings > 0 ? [`${counted(context.warnings, 'warning')} above.`] : []),
    ...(table.length > 0 ? ['', ...table] : []),
    ...(end.next.length > 0 ? ['', paint.bold('Next:'), ...end.next.map((line) => `  ${line}`)] : []),
    ...(end.log === undefined ? [] : ['', paint.dim(`Log: ${end.log}`)]),
  ].join('\n')
}

const headline = (end: RunEnd, hosts: number, paint: Paint): string => {
  const time = secondsText(end.seconds)
  const counts = `${end.changed} changed, ${end.unchanged} unchanged`
  switch (end.outcome) {
    case 'unchanged':
      return paint.green(
        `Nothing to do: ${counted(hosts, 'host is', 'hosts are')} as the cluster file says (${time})`,
      )
    case 'done':
      return paint.green(`Done in ${time} on ${counted(hosts, 'host')}: ${counts}`)
    case 'failed':
      return paint.red(`Failed after ${time}: ${counts}`)
    case 'interrupted':
      return paint.yellow(`Interrupted after ${time}: ${counts}`)
  }
}

/** Faster phases are not where the time goes. */
const worthShowing = 0.05

const phaseTable = (phases: readonly PhaseSummary[]): readonly string[] => {
  const shown = phases.filter(
    ({ seconds, changed, failed }) => seconds >= worthShowing || changed + failed > 0,
  )
  if (shown.length === 0) return []
  const rows = shown.map(({ phase, seconds, changed, unchanged, failed }) => [
    phase,
    seconds.toFixed(1),
    String(changed),
    String(unchanged),
    failed > 0 ? `${counted(failed, 'host')} failed` : '',
  ])
  return columns([['phase', 'seconds', 'changed', 'unchanged', ''], ...rows], [1, 2, 3]).map(
    (line) => `  ${line}`,
  )
}
