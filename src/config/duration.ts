/** Spans of time as the cluster file writes them. Takes `90m`, `24h` or `365d`; gives seconds. */
const secondsPer: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 }

/** The shape (schema.ts) has made sure of the form: anything else here is a mistake of ours. */
export const parseDuration = (text: string): number => {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? []
  const seconds = Number(count) * (secondsPer[unit ?? ''] ?? Number.NaN)
  if (Number.isNaN(seconds)) throw new RangeError(`not a duration: ${JSON.stringify(text)}`)
  return seconds
}
