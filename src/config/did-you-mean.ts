/** "Did you mean …?" Takes what was written and what could have been; gives the nearest, if any is near. Pure. */

/** Optimal string alignment: insertions, deletions, replacements, and two neighbours swapped. */
const editDistance = (a: string, b: string): number => {
  let beforePrevious: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const added = (row[j - 1] ?? 0) + 1
      const removed = (previous[j] ?? 0) + 1
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? (beforePrevious[j - 2] ?? 0) + 1
          : Number.POSITIVE_INFINITY
      row.push(Math.min(replaced, added, removed, swapped))
    }
    beforePrevious = previous
    previous = row
  }
  return previous[b.length] ?? 0
}

/** Longer than any key: a distance to it means nothing, and would cost time. */
const longestWord = 64

export const nearest = (written: string, candidates: readonly string[]): string | undefined => {
  if (written.length === 0 || written.length > longestWord) return undefined
  const lower = written.toLowerCase()
  const limit = Math.max(1, Math.floor(written.length / 3))
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distanceTo(lower, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate
}

/** A beginning counts as near: `password` for `passwordFile`, `plane` does not. */
const distanceTo = (written: string, candidate: string): number =>
  written.length >= 3 && candidate.startsWith(written) ? 1 : editDistance(written, candidate)

export const didYouMean = (written: string, candidates: readonly string[]): string | undefined => {
  const found = nearest(written, candidates)
  return found === undefined ? undefined : `Did you mean ${JSON.stringify(found)}?`
}
