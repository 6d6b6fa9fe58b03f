/** What is to be said of the times that a client had to do without. Takes traffic; gives what matters of it. */
import type { Gap, Traffic } from './api-traffic.ts'

/** On a busy machine a client may lose its patience, or etcd its own: nobody was refused, and there was a server. */
const impatience = /no answer|time(d )?-?out|deadline|answered (429|5\d\d)/i

export const refusals = ({ gaps }: Traffic): readonly Gap[] => gaps.filter(({ why }) => !impatience.test(why))

/** Who is refused although there is a server, has been given, or is shown, what the other does not trust. */
export const distrusted = ({ gaps }: Traffic): readonly Gap[] =>
  gaps.filter(({ why }) => /certificate|x509|401|Unauthorized|must be logged in/i.test(why))

/** A server that has just started may let in one and not yet the next: that is one time of doing without. */
const oneOutageMs = 10_000

export const outages = (traffic: Traffic): number => {
  const begins = refusals(traffic).filter(({ at }, nth, all) => {
    const before = all[nth - 1]
    return before === undefined || at - (before.at + before.seconds * 1000) > oneOutageMs
  })
  return begins.length
}

export const describeGaps = (who: string, { used, gaps }: Traffic): string => {
  const together = gaps.reduce((sum, { seconds }) => sum + seconds, 0)
  const each = gaps.map(({ seconds, why }) => `${seconds.toFixed(1)} s (${why.slice(0, 60)})`)
  return `${who}: ${used} uses, ${gaps.length} gaps, together ${together.toFixed(1)} s: ${each.join(', ') || 'none'}`
}
