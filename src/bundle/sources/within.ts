/** Waits for somebody no longer than so long. Takes a name, milliseconds and a promise; gives what it gives, or throws. */
import { setTimeout as sleep } from 'node:timers/promises'

export const within = async <T>(who: string, milliseconds: number, work: Promise<T>): Promise<T> => {
  const over = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw new Error(`${who} does not answer within ${milliseconds / 1000} s`)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}
