/** Sends a request's input to a command, at the speed at which the command takes it. */
import type { Writable } from 'node:stream'
import { collectMinor } from './collect-minor.ts'
import type { Input } from './types.ts'

const chunksOf = (input: Input): Iterable<string | Uint8Array> | AsyncIterable<Uint8Array> =>
  typeof input === 'string' || input instanceof Uint8Array ? [input] : input

/** What is written in one go may become many packets. */
type Together = (write: () => void) => void

const apart: Together = (write) => write()

/** Gives whether the chunk has been taken, all of it: until then it is not touched again (it may be a buffer that is used over and over). */
const writer = (to: Writable, together: Together) => {
  const closed = new AbortController()
  to.once('close', () => closed.abort())
  return (chunk: string | Uint8Array): Promise<boolean> =>
    new Promise((resolve) => {
      if (closed.signal.aborted || to.destroyed) return resolve(false)
      const end = (): void => resolve(false)
      closed.signal.addEventListener('abort', end, { once: true })
      together(() =>
        to.write(chunk, (error) => {
          closed.signal.removeEventListener('abort', end)
          resolve(!error)
        }),
      )
    })
}

/** Ends early, quietly, when the command closes its input: its exit code says what was the matter. */
export const feed = async (
  to: Writable,
  {
    prefix,
    input,
    holdInput,
    together = apart,
  }: {
    readonly prefix?: string | undefined
    readonly input?: Input | undefined
    readonly holdInput?: boolean | undefined
    readonly together?: Together
  },
): Promise<void> => {
  const write = writer(to, together)
  if (prefix !== undefined && !(await write(prefix))) return
  if (input !== undefined) {
    for await (const chunk of chunksOf(input)) {
      if (!(await write(chunk))) return
      collectMinor(chunk.length)
    }
  }
  if (!holdInput) to.end()
}
