/** Reports to a pipe or a file: a line a change on stderr, the summary on stdout. Nothing is ever drawn over. */
import type { RunEvent } from '../run/events.ts'
import { lineOf } from './lines.ts'
import { summaryText } from './summary.ts'
import { tally } from './tally.ts'
import type { Reporter, ReporterStreams } from './types.ts'

export const plainReporter = ({ stdout, stderr }: ReporterStreams, verbose: boolean): Reporter => {
  const counts = tally()
  // A wait says what it sees again and again: said once while it stays the same.
  const lastProgress = new Map<string, string>()
  const isRepeated = (event: RunEvent): boolean => {
    if (event.kind !== 'progress') return false
    const part = `${event.phase} ${event.host}`
    const repeated = lastProgress.get(part) === event.message
    lastProgress.set(part, event.message)
    return repeated
  }
  return {
    emit: (event) => {
      counts.add(event)
      if (event.kind === 'run-end') stdout.write(`${summaryText(event, counts.get())}\n`)
      if (isRepeated(event)) return
      const line = lineOf(event, verbose)
      if (line !== undefined) stderr.write(`${line}\n`)
    },
    close: async () => undefined,
  }
}
