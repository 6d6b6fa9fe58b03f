/** From text to configuration: YAML, shape, rules. Takes the text; gives the configuration, or all problems with their places. Pure. */
import { type Document, isMap, isScalar, LineCounter, type Node, parseAllDocuments } from 'yaml'
import type { z } from 'zod'
import { closest } from './did-you-mean.ts'
import { rules } from './rules.ts'
import { type ClusterConfig, clusterSchema } from './schema.ts'

export type Problem = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly what: string
  readonly hint?: string | undefined
}

export type ParseOptions = { readonly checkIds: readonly string[] }

export type Parsed =
  | { readonly ok: true; readonly config: ClusterConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] }

type Path = readonly (string | number)[]

/** The place of a value, or of the nearest thing around it that is there. */
const offsetOf = (document: Document, path: Path): number => {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true) as Node | undefined
    if (node?.range) return node.range[0]
  }
  return 0
}

const offsetOfKey = (document: Document, path: Path, key: string): number => {
  const parent = path.length === 0 ? document.contents : document.getIn(path, true)
  if (!isMap(parent)) return offsetOf(document, path)
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === key)
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? 0) : offsetOf(document, path)
}

const shown = (path: Path): string =>
  path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${part}` : part),
    '',
  )

type Found = { readonly offset: number; readonly what: string; readonly hint?: string | undefined }

const fromIssue = (issue: z.core.$ZodIssue, document: Document): readonly Found[] => {
  const path = issue.path as Path
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const near = closest(key, [...path.filter((part) => typeof part === 'string'), key])
      return {
        offset: offsetOfKey(document, path, key),
        what: `unknown key ${shown([...path, key])}`,
        hint: near && `Did you mean ${near}?`,
      }
    })
  const missing = document.getIn(path) === undefined
  const what = missing ? `${shown(path)} is missing` : `${shown(path) || 'the file'}: ${issue.message}`
  return [{ offset: offsetOf(document, path), what }]
}

export const parseCluster = (text: string, file: string, options: ParseOptions): Parsed => {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' })
  const fail = (found: readonly Found[]): Parsed => ({
    ok: false,
    problems: found
      .toSorted((a, b) => a.offset - b.offset)
      .map(({ offset, what, hint }) => {
        const { line, col } = lines.linePos(offset)
        return { file, line: Math.max(1, line), column: Math.max(1, col), what, hint }
      }),
  })
  const [document, second] = Array.isArray(documents) ? documents : []
  if (!document || document.contents === null) return fail([{ offset: 0, what: 'the file is empty' }])
  if (second)
    return fail([
      {
        offset: second.range[0],
        what: 'there is a second document',
        hint: 'A cluster file is one document.',
      },
    ])
  if (document.errors.length > 0)
    return fail(
      document.errors.map((error) => ({
        offset: error.pos[0],
        what: error.message.split('\n')[0]?.replace(/ at line.*/, '') ?? '',
      })),
    )
  const shape = clusterSchema.safeParse(document.toJS({ maxAliasCount: 20 }))
  if (!shape.success) return fail(shape.error.issues.flatMap((issue) => fromIssue(issue, document)))
  const config = shape.data as ClusterConfig
  const broken = rules.flatMap((rule) => rule(config, options))
  if (broken.length === 0) return { ok: true, config }
  return fail(broken.map(({ path, what, hint }) => ({ offset: offsetOf(document, path), what, hint })))
}
