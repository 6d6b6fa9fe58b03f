/** How often, and after how long, something is tried again. Takes attempts and answers; says how long to wait, or that it is over. */
import { setTimeout as sleep } from 'node:timers/promises'

export type Patience = {
  readonly attempts: number
  /** Doubles with every attempt. */
  readonly firstWaitMs: number
  /** A server that asks for more than this is not waited for. */
  readonly longestWaitMs: number
}

/** Seven seconds and a half in all, unless the server says when to come back. */
export const usualPatience: Patience = { attempts: 5, firstWaitMs: 500, longestWaitMs: 60_000 }

/** Seconds or a date, which begins with the name of a day (RFC 9110, 10.2.3). `Date.parse` reads nearly anything as one. */
export const retryAfterMs = (header: string | undefined, now: Date): number | undefined => {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = /^[A-Z]/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime())
}

/** `attempt` counts from 1: the one that has just failed. undefined: enough. */
export const waitMs = (patience: Patience, attempt: number, asked = 0): number | undefined => {
  if (attempt >= patience.attempts) return undefined
  const wait = Math.max(asked, patience.firstWaitMs * 2 ** (attempt - 1))
  return wait > patience.longestWaitMs ? undefined : wait
}

/** Waits before the next attempt; throws what went wrong when there is none. */
export const waitOrThrow = async (
  patience: Patience,
  attempt: number,
  { failure, asked }: { readonly failure: unknown; readonly asked?: number | undefined },
): Promise<void> => {
  const wait = waitMs(patience, attempt, asked)
  if (wait === undefined) throw failure
  await sleep(wait)
}
