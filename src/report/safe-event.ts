/**
 * Events that may be shown or kept: without secrets, and without anything that a terminal would obey. Takes an event as running says
 * it; gives the same event with every text in it made safe. What is ours (kinds, outcomes) stays as it is.
 */
import type { RunEvent } from '../run/events.ts'
import { printable } from './printable.ts'

type Change = (text: string) => string

const ours: ReadonlySet<string> = new Set(['kind', 'level', 'status', 'outcome', 'severity'])

/** A secret with an escape sequence in its middle is a secret again when that is taken out: so once more. */
export const safeEvent = (event: RunEvent, redact: Change): RunEvent =>
  mapped(event, (text) => redact(printable(redact(text)))) as RunEvent

const mapped = (value: unknown, change: Change): unknown => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapped(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, ours.has(key) ? inner : mapped(inner, change)]),
  )
}
