/** Events as lines of text: one a change. What is unchanged is said only when asked for. */
import type { RunEvent } from '../run/events.ts'
import { printable } from './error.ts'

const seconds = (value: number): string => `${value.toFixed(1)} s`

const findingLines = ({
  id,
  severity,
  host,
  message,
  remedy,
  ignored,
}: Extract<RunEvent, { kind: 'finding' }>['finding']): string =>
  `[${severity.toUpperCase()} ${id}] ${host}: ${message}${ignored ? ' (ignored)' : ''}\n  → ${remedy}`

const summary = (event: Extract<RunEvent, { kind: 'run-end' }>): string => {
  const longest = event.phases
    .filter(({ seconds: took }) => took >= 0.05)
    .map(({ phase, seconds: took }) => `${phase} ${seconds(took)}`)
  const head = {
    unchanged: `Nothing to do: the hosts are as the cluster file says (${seconds(event.seconds)})`,
    done: `Done in ${seconds(event.seconds)}: ${event.changed} changed, ${event.unchanged} unchanged`,
    failed: `Failed after ${seconds(event.seconds)}: ${event.changed} changed, ${event.unchanged} unchanged`,
    interrupted: `Interrupted after ${seconds(event.seconds)}: ${event.changed} changed, ${event.unchanged} unchanged`,
  }[event.outcome]
  return [
    head,
    ...(event.outcome !== 'unchanged' && longest.length > 0 ? [`  ${longest.join(', ')}`] : []),
    ...event.next.map((line) => `  → ${line}`),
    ...(event.log ? [`  log: ${event.log}`] : []),
  ].join('\n')
}

/** undefined: nothing to say. */
export const lineOf = (event: RunEvent, verbose: boolean): string | undefined => {
  switch (event.kind) {
    case 'phase-start':
      return verbose ? `[${event.phase}] ${event.title}` : undefined
    case 'step':
      if (event.status === 'unchanged' && !verbose) return undefined
      return `[${event.phase}] ${event.host}: ${event.title}: ${event.status}${event.detail && event.status === 'failed' ? `\n${printable(event.detail)}` : ''}`
    case 'progress':
      return `[${event.phase}] ${event.host}: ${printable(event.message)}`
    case 'finding':
      return findingLines(event.finding)
    case 'host-end':
      if (event.outcome === 'failed' || event.outcome === 'skipped')
        return `[${event.phase}] ${event.host}: ${event.outcome}: ${event.error ?? ''}`
      return verbose
        ? `[${event.phase}] ${event.host}: ${event.outcome} (${seconds(event.seconds)})`
        : undefined
    case 'message':
      return event.level === 'warning' ? `warning: ${event.text}` : event.text
    case 'run-end':
      return summary(event)
    case 'run-start':
    case 'host-start':
    case 'phase-end':
      return undefined
  }
}
