/**
 * Waits for a condition. Takes the condition and a way to look; ends when it is met, and otherwise says what was last seen and
 * the one command to run. What changes is said while waiting, once.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { errorMessage, HostError, Interrupted } from '../errors.ts'
import type { Condition } from '../plan/types.ts'
import { conditions } from './conditions/index.ts'
import type { Around, Sight, Watched } from './conditions/types.ts'
import type { TaskContext } from './tasks.ts'

/** Often enough that nobody notices, seldom enough that the API server does not. */
const intervalMs = 250

const lookOnce = async (
  watched: Watched,
  condition: Condition,
  api: TaskContext['api'],
  around: Around,
): Promise<Sight> => {
  try {
    return await watched.look(api, condition.args ?? {}, around)
  } catch (error) {
    // While a control plane starts, refused connections and half-ready answers are what one sees.
    return { met: false, seen: errorMessage(error) }
  }
}

const gaveUp = (condition: Condition, watched: Watched, context: TaskContext, seen: string): HostError =>
  new HostError(`waited ${condition.seconds} s for: ${condition.sentence}. Last seen: ${seen}`, {
    host: context.host.name,
    doing: `phase ${context.phase}`,
    hint: watched.hint,
  })

export const waitFor = async (
  condition: Condition,
  context: TaskContext,
  /** What only this run can look at. */
  more: readonly Watched[] = [],
): Promise<void> => {
  const watched = [...conditions, ...more].find(({ id }) => id === condition.id)
  if (!watched) throw new Error(`no such condition: ${condition.id}`)
  const deadline = Date.now() + condition.seconds * 1000
  const { host, connected, signal, api } = context
  const around: Around = { host, connected, signal, memory: new Map() }
  let said = ''
  for (;;) {
    if (signal?.aborted) throw new Interrupted()
    const sight = await lookOnce(watched, condition, api, around)
    if (sight.met) return
    if (sight.hopeless || Date.now() > deadline) throw gaveUp(condition, watched, context, sight.seen)
    if (sight.seen !== said) {
      said = sight.seen
      context.emit({
        kind: 'progress',
        phase: context.phase,
        host: context.host.name,
        message: `waiting until ${condition.sentence}: ${sight.seen}`,
      })
    }
    await sleep(intervalMs, undefined, { signal }).catch(() => undefined)
  }
}
