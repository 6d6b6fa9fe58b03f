/** Which keys a cluster file has where, read off its JSON Schema. Takes a path; gives the keys there, or where a key belongs. */
import { z } from 'zod'
import type { Path } from './problems.ts'
import { clusterSchema } from './schema.ts'

type Shape = {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  /** Of a section whose keys are the user's own. */
  readonly additionalProperties?: Shape | boolean
  readonly required?: readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
}

const root = (): Shape => z.toJSONSchema(clusterSchema, { io: 'input' }) as Shape

const shapeAt = (path: Path): Shape | undefined =>
  path.reduce<Shape | undefined>(
    (shape, part) =>
      typeof part === 'number' ? shape?.items : (shape?.properties?.[part] ?? anyOther(shape)),
    root(),
  )

const anyOther = (shape: Shape | undefined): Shape | undefined =>
  typeof shape?.additionalProperties === 'object' ? shape.additionalProperties : undefined

export const keysAt = (path: Path): readonly string[] => Object.keys(shapeAt(path)?.properties ?? {})

/** What to write for a key that is missing, as a sentence. */
export const meaningOf = (path: Path): string | undefined => {
  const shape = shapeAt(path)
  if (shape?.const !== undefined) return `Write "${String(path.at(-1))}: ${String(shape.const)}".`
  if (shape?.enum) return `It is one of ${shape.enum.map((choice) => JSON.stringify(choice)).join(', ')}.`
  if (shape?.description) return shape.description
  return shape?.required ? `It holds at least: ${shape.required.join(', ')}.` : undefined
}

/** The section that a key belongs to, when it stands in the wrong one: `network` for `podCIDR`. */
export const homeOf = (key: string): string | undefined => {
  const homes = (shape: Shape, path: string): readonly string[] =>
    Object.entries(shape.properties ?? {}).flatMap(([name, inner]) => [
      ...(name === key ? [path] : []),
      ...homes(inner, path === '' ? name : `${path}.${name}`),
    ])
  const found = homes(root(), '')
  return found.length === 1 ? found[0] : undefined
}
