/** A span of time on the command line. Takes the flag and what was given; gives seconds, or refuses with an example. */
import { parseDuration } from '../config/duration.ts'
import { UserError } from '../errors.ts'

const hint = 'minutes, hours or days: 30m, 8h, 2d'
/** As long as any CA lives; with more, dates could not be written any more. */
const longestSeconds = parseDuration('36500d')

export const durationFlag = (flag: string, text: string): number => {
  if (!/^\d+[mhd]$/.test(text)) throw new UserError(`${flag} ${text} is not a duration`, { hint })
  const seconds = parseDuration(text)
  if (seconds === 0) throw new UserError(`${flag} ${text}: it would have expired before it is used`, { hint })
  if (seconds > longestSeconds) throw new UserError(`${flag} ${text} is more than a hundred years`, { hint })
  return seconds
}

/** Dates are shown to the second, in UTC, as Kubernetes writes them. */
export const shownDate = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
