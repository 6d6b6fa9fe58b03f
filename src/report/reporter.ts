/** Draws events. Takes where to write and how; gives a function for events and one for the end. */
import type { Emit } from '../run/events.ts'
import { lineOf } from './lines.ts'

export type ReporterOptions = {
  readonly output: 'text' | 'json'
  readonly verbose: boolean
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly redact: (text: string) => string
}

export type Reporter = { readonly emit: Emit; readonly close: () => Promise<void> }

const ndjson =
  ({ stdout, redact }: ReporterOptions): Emit =>
  (event) => {
    stdout.write(`${redact(JSON.stringify(event))}\n`)
  }

const plain =
  ({ stderr, redact, verbose }: ReporterOptions): Emit =>
  (event) => {
    const line = lineOf(event, verbose)
    if (line !== undefined) stderr.write(`${redact(line)}\n`)
  }

export const createReporter = (options: ReporterOptions): Reporter => ({
  emit: options.output === 'json' ? ndjson(options) : plain(options),
  close: async () => undefined,
})
