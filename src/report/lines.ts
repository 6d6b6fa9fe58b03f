/**
 * Events as lines of text, for pipes: one line a change. Takes an event; gives a line, or undefined where there is nothing to say.
 * What is unchanged, and when phases start and end, is said only when asked for. The end of the run is said by summary.ts.
 */
import { assertNever } from '../errors.ts'
import type { RunEvent } from '../run/events.ts'
import { findingText } from './findings.ts'
import { counted, secondsText } from './words.ts'

type Kind<K extends RunEvent['kind']> = Extract<RunEvent, { readonly kind: K }>

export const lineOf = (event: RunEvent, verbose: boolean): string | undefined => {
  switch (event.kind) {
    case 'run-start':
      return verbose
        ? `${event.command}: ${event.cluster}, ${counted(event.hosts.length, 'host')}, ${counted(event.phases.length, 'phase')}`
        : undefined
    case 'phase-start':
      return verbose ? `[${event.phase}] ${event.title}` : undefined
    case 'phase-end':
      return verbose ? `[${event.phase}] ended after ${secondsText(event.seconds)}` : undefined
    case 'host-start':
      return verbose ? `[${event.phase}] ${event.host}: started` : undefined
    case 'host-end':
      return hostEnd(event, verbose)
    case 'step':
      return event.status === 'unchanged' && !verbose ? undefined : stepLine(event)
    case 'progress':
      return `[${event.phase}] ${event.host}: ${event.message}`
    case 'finding':
      return findingText(event.finding)
    case 'message':
      return event.level === 'warning' ? `warning: ${event.text}` : event.text
    case 'run-end':
      return undefined
    default:
      return assertNever(event)
  }
}

const stepLine = ({ phase, host, title, status, detail }: Kind<'step'>): string => {
  const why = detail === undefined || detail === '' || status === 'unchanged' ? '' : indented(detail)
  return `[${phase}] ${host}: ${title} … ${status}${why}`
}

/** A short reason stays on the line; the output of a command goes below it. */
const indented = (detail: string): string =>
  detail.includes('\n') ? `\n${detail.trimEnd().replace(/^/gm, '    ')}` : ` (${detail})`

const hostEnd = ({ phase, host, outcome, seconds, error }: Kind<'host-end'>, verbose: boolean) => {
  const start = `[${phase}] ${host}: ${outcome}`
  if (outcome === 'failed' || outcome === 'skipped') return error === undefined ? start : `${start}: ${error}`
  if (outcome === 'interrupted') return start
  return verbose ? `${start} (${secondsText(seconds)})` : undefined
}
