/** Events with every text in them changed: redacted, or made fit for a terminal. What is ours (ids, kinds, outcomes) stays. */
import type { RunEvent } from '../run/events.ts'

type Change = (text: string) => string

const ours: ReadonlySet<string> = new Set(['kind', 'level', 'status', 'outcome', 'severity'])

export const mapTexts = (event: RunEvent, change: Change): RunEvent => mapped(event, change) as RunEvent

const mapped = (value: unknown, change: Change): unknown => {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapped(item, change))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, ours.has(key) ? inner : mapped(inner, change)]),
  )
}
