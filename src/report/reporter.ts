/**
 * Chooses how a run is reported: drawn on a terminal, as lines in a pipe, or as JSON. Takes streams and wishes; gives a function
 * for events and one for their end. Whatever is chosen gets events that are redacted, and text that no terminal obeys.
 */
import { listrReporter } from './listr.ts'
import { ndjsonReporter } from './ndjson.ts'
import { wantsColour } from './paint.ts'
import { plainReporter } from './plain.ts'
import { safeEvent } from './safe-event.ts'
import type { Reporter, ReporterStreams } from './types.ts'

export type { Reporter } from './types.ts'

export type ReporterOptions = ReporterStreams & {
  readonly output: 'text' | 'json'
  readonly verbose: boolean
  readonly redact: (text: string) => string
  /** Whether stderr, where progress goes, can be drawn on. Default: what the stream says. */
  readonly isTTY?: boolean
  readonly noColor?: boolean
}

export const createReporter = (options: ReporterOptions): Reporter => {
  const chosen = chooseReporter(options)
  return { emit: (event) => chosen.emit(safeEvent(event, options.redact)), close: chosen.close }
}

const chooseReporter = (options: ReporterOptions): Reporter => {
  const { output, verbose, stdout, stderr } = options
  if (output === 'json') return ndjsonReporter({ stdout })
  const drawable = options.isTTY ?? (stderr.isTTY === true && process.env['TERM'] !== 'dumb')
  // Whoever wants to see everything wants to scroll back through it as well.
  if (!drawable || verbose) return plainReporter({ stdout, stderr }, verbose)
  return listrReporter(
    { stdout, stderr },
    { colour: !options.noColor && wantsColour({ isTTY: true }, process.env) },
  )
}
