/** Waits for something no longer than so long. Takes milliseconds and a promise; gives what it gives, or throws. */
import { setTimeout as sleep } from 'node:timers/promises'

export const within = async <T>(milliseconds: number, work: Promise<T>): Promise<T> => {
  const over = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw new Error(`no answer within ${milliseconds / 1000} s`)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}
