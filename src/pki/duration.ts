/** Durations of the cluster file. Takes "365d", "24h" or "90m"; gives seconds. */
const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 }

export const durationSeconds = (duration: string): number => {
  const unit = units[duration.at(-1) ?? '']
  if (unit === undefined) throw new Error(`not a duration: ${duration}`)
  return Number.parseInt(duration, 10) * unit
}
