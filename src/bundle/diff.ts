/** What is different between two bundles. Takes both, opened; gives a row a component that is, and what would travel. Pure. */
import { type BundleRow, inspectBundle } from './inspect.ts'
import type { Bundle } from './open.ts'

export type BundleChange =
  | { readonly kind: 'added'; readonly now: BundleRow }
  | { readonly kind: 'removed'; readonly before: BundleRow }
  | { readonly kind: 'changed'; readonly before: BundleRow; readonly now: BundleRow }

export type BundleDiff = {
  readonly changes: readonly BundleChange[]
  /** Of the blobs that only the second one has: what a host that has the first would be sent at most. */
  readonly newBytes: number
}

/** An image's name has its version in it, so it is no name for this. */
const keyOf = ({ kind, component, platform }: BundleRow): string => `${kind} ${component} ${platform}`

const byKey = (bundle: Bundle): ReadonlyMap<string, BundleRow> =>
  new Map(inspectBundle(bundle).components.map((row) => [keyOf(row), row]))

export const diffBundles = (first: Bundle, second: Bundle): BundleDiff => {
  const [before, now] = [byKey(first), byKey(second)]
  const changes = [...new Set([...before.keys(), ...now.keys()])].flatMap((key): readonly BundleChange[] => {
    const [old, row] = [before.get(key), now.get(key)]
    if (old && row) return old.digest === row.digest ? [] : [{ kind: 'changed', before: old, now: row }]
    if (row) return [{ kind: 'added', now: row }]
    return old ? [{ kind: 'removed', before: old }] : []
  })
  const unknown = [...second.places].filter(([name]) => name.startsWith('blobs/') && !first.places.has(name))
  return { changes, newBytes: unknown.reduce((sum, [, { size }]) => sum + size, 0) }
}
