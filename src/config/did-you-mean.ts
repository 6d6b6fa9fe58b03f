/** The key that was probably meant. Takes what was written and where; gives a key of the schema that is near, if any. */
import { z } from 'zod'
import { clusterSchema } from './schema.ts'

const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1]?.toLowerCase() === b[j - 1]?.toLowerCase() ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap))
    }
    row = next
  }
  return row[b.length] ?? 0
}

type Schema = { readonly properties?: Readonly<Record<string, Schema>>; readonly items?: Schema }

const keysAt = (path: readonly string[]): readonly string[] => {
  let schema: Schema | undefined = z.toJSONSchema(clusterSchema, { io: 'input' }) as Schema
  for (const part of path.slice(0, -1)) {
    const inner: Schema | undefined = schema?.properties?.[part]
    schema = inner?.items ?? inner
  }
  return Object.keys(schema?.properties ?? {})
}

export const closest = (key: string, path: readonly string[]): string | undefined => {
  const [best] = keysAt(path)
    .map((known) => ({ known, far: distance(key, known) }))
    .toSorted((a, b) => a.far - b.far)
  return best && best.far <= Math.max(2, key.length / 3) ? best.known : undefined
}
