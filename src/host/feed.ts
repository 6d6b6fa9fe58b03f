/** Sends a request's input to a command, at the speed at which the command takes it. */
import { once } from 'node:events'
import { Readable, type Writable } from 'node:stream'
import type { Input } from './types.ts'

const chunksOf = (input: Input): Iterable<string | Uint8Array> | AsyncIterable<Uint8Array> =>
  typeof input === 'string' || input instanceof Uint8Array
    ? [input]
    : input instanceof Readable
      ? input
      : input

/** Ends early, quietly, when the command closes its input: its exit code says what was the matter. */
export const feed = async (
  to: Writable,
  {
    prefix,
    input,
    holdInput,
  }: {
    readonly prefix?: string | undefined
    readonly input?: Input | undefined
    readonly holdInput?: boolean | undefined
  },
): Promise<void> => {
  const closed = new AbortController()
  to.once('close', () => closed.abort())
  const write = async (chunk: string | Uint8Array): Promise<boolean> => {
    if (closed.signal.aborted || to.destroyed) return false
    if (to.write(chunk)) return true
    await once(to, 'drain', { signal: closed.signal }).catch(() => undefined)
    return !closed.signal.aborted
  }
  if (prefix !== undefined && !(await write(prefix))) return
  if (input !== undefined) {
    for await (const chunk of chunksOf(input)) if (!(await write(chunk))) return
  }
  if (!holdInput) to.end()
}
