/**
 * Slipway, killed at a moment of its run that it says itself, by an event: so it is the same moment on any machine. Takes its arguments
 * and the moment; gives what had been said by then, and whether it was there to be killed.
 */
import { createInterface } from 'node:readline'
import type { RunEvent } from '../../src/run/events.ts'
import { type Ended, startSlipway } from './slipway.ts'

/** Of a rotation `stage` is the one that has begun last, by its name. */
export type Moment = (event: RunEvent, stage: string | undefined) => boolean

export type Killed = Ended & {
  /** It came to this moment; should it have ended by itself just then, it has a code. */
  readonly reached: boolean
  /** What it did last, as far as it could say. */
  readonly last: RunEvent | undefined
}

const stageIn = (event: RunEvent): string | undefined =>
  event.kind === 'message' ? /^stage \d of \d: (\w+)$/.exec(event.text)?.[1] : undefined

/** The last line of who is killed may be half of one. */
const eventIn = (line: string): RunEvent | undefined => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

export const killAt = async (moment: Moment, ...args: readonly string[]): Promise<Killed> => {
  const { child, ended } = startSlipway(...args, '--output', 'json')
  const state: { stage?: string | undefined; last?: RunEvent; reached: boolean } = { reached: false }
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    const event = eventIn(line)
    if (!event) return
    state.stage = stageIn(event) ?? state.stage
    state.last = event
    if (state.reached || !moment(event, state.stage)) return
    state.reached = true
    child.kill('SIGKILL')
  })
  return { ...(await ended), reached: state.reached, last: state.last }
}

export const isStage =
  (stage: string): Moment =>
  (event) =>
    stageIn(event) === stage

/** A phase on a host, at its beginning or its end. */
export const isPhase =
  (stage: string, kind: 'host-start' | 'host-end', phase: string, host: string): Moment =>
  (event, now) =>
    now === stage && event.kind === kind && event.phase === phase && event.host === host

/** A file has just been written, or was found as it should be: on a slow machine what was killed may have got that far. */
export const isFile =
  (stage: string | undefined, file: string): Moment =>
  (event, now) =>
    now === stage && event.kind === 'step' && event.title.endsWith(file)
