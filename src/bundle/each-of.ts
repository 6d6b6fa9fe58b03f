/**
 * Does the same with many things, a few at a time. Takes the things, how many at once, and what to do. When one fails no other is
 * begun, and those under way are waited for: nothing goes on behind the caller's back.
 */
export const eachOf = async <T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const waiting = items.values()
  let hasFailed = false
  const takeTurns = async (): Promise<void> => {
    for (const item of waiting) {
      if (hasFailed) return
      try {
        await work(item)
      } catch (error) {
        hasFailed = true
        throw error
      }
    }
  }
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, takeTurns)
  const failure = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected')
  if (failure?.status === 'rejected') throw failure.reason
}
