/**
 * Which stages of a replacement are still to go. Takes how every host stands, and which generation is to be the only one at the end;
 * gives stages in order. Pure: nothing is remembered, so a run that was killed anywhere goes on by being started again.
 *
 * trust    everybody trusts both generations, and has been restarted where that takes a restart
 * issue    everything that the one signed is signed by the other
 * refresh  everybody uses what was issued
 * drop     nobody trusts any other
 */
import type { Standing } from './standing.ts'

export const stages = ['trust', 'issue', 'refresh', 'drop'] as const

export type Stage = (typeof stages)[number]

const from = (stage: Stage): readonly Stage[] => stages.slice(stages.indexOf(stage))

/** Paths, where that helps a person: what does not trust it yet, what it has not signed, what trusts another as well. */
export type Remaining = {
  readonly untrusting: readonly string[]
  readonly unsigned: readonly string[]
  readonly signed: readonly string[]
  readonly alsoTrusting: readonly string[]
}

export const remaining = (standings: readonly Standing[], target: string): Remaining => {
  const trusting = standings.flatMap((each) => each.trusting)
  const signed = standings.flatMap((each) => each.signed)
  return {
    untrusting: trusting.filter(({ trusts }) => !trusts.includes(target)).map(({ path }) => path),
    unsigned: signed.filter(({ by }) => by !== target).map(({ path }) => path),
    signed: signed.filter(({ by }) => by === target).map(({ path }) => path),
    alsoTrusting: trusting
      .filter(({ trusts }) => trusts.some((each) => each !== target))
      .map(({ path }) => path),
  }
}

/**
 * Trust is proved on every host before the first thing is issued, so where something was issued already there is no way back to it:
 * a host that was off until now is given both at once. The last stage is always done again: its files are written before those who
 * have read them are restarted.
 */
export const stagesLeft = (standings: readonly Standing[], target: string): readonly Stage[] => {
  const { untrusting, unsigned, signed, alsoTrusting } = remaining(standings, target)
  if (unsigned.length > 0) return from(signed.length === 0 ? 'trust' : 'issue')
  if (untrusting.length > 0) return from('issue')
  // Dropping begins when refreshing is proved: where one place has dropped, it is gone on with.
  const places = standings.reduce((sum, { trusting }) => sum + trusting.length, 0)
  return from(alsoTrusting.length < places ? 'drop' : 'refresh')
}
