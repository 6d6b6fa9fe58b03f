/** Lays what a user wrote over what we would write: objects are merged, everything else is replaced. Pure. */
type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const mergeOver = (base: Plain, over: Plain): Plain => {
  const merged = Object.entries(over).map(([key, value]) => {
    const below = base[key]
    return [key, isPlain(below) && isPlain(value) ? mergeOver(below, value) : value]
  })
  return { ...base, ...Object.fromEntries(merged) }
}
