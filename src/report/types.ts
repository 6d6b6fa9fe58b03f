/** What every reporter is: something that takes events, and that has to be told when the last one came. */
import type { Emit } from '../run/events.ts'

/** Enough of a stream to write to; `columns` and `isTTY` where it is a terminal. */
export type OutputStream = {
  readonly write: (text: string) => unknown
  readonly isTTY?: boolean
}

export type ReporterStreams = {
  /** What the command is for: the summary, or NDJSON. */
  readonly stdout: OutputStream
  /** Progress and messages. */
  readonly stderr: OutputStream
}

export type Reporter = {
  readonly emit: Emit
  /** Ends the drawing, whatever state it is in. Has to be called before anything else is written, and may be called twice. */
  readonly close: () => Promise<void>
}
