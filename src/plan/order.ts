/**
 * One order out of several: each list keeps its own. Takes lists of ids that may share some; gives one list of all of them.
 * The next is the first head that no list still has behind its head (the merge of C3 linearization).
 */
export const mergeOrders = (lists: readonly (readonly string[])[]): readonly string[] => {
  const left = lists.map((list) => [...list])
  const merged: string[] = []
  for (;;) {
    const heads = left.flatMap(([head]) => head ?? [])
    if (heads.length === 0) return merged
    const next = heads.find((head) => !left.some((list) => list.slice(1).includes(head)))
    if (next === undefined) throw new Error(`these orders contradict each other: ${heads.join(', ')}`)
    merged.push(next)
    for (const list of left) if (list[0] === next) list.shift()
  }
}
