/** Reports to programs: each event as a line of JSON on stdout, and nothing else. */
import type { Reporter, ReporterStreams } from './types.ts'

export const ndjsonReporter = ({ stdout }: Pick<ReporterStreams, 'stdout'>): Reporter => ({
  emit: (event) => {
    stdout.write(`${JSON.stringify(event)}\n`)
  },
  close: async () => undefined,
})
