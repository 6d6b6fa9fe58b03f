/**
 * A cluster file as YAML. Takes text; gives plain data and the place of every node in it, or what is wrong with the YAML.
 * YAML 1.2 core: `on` and `no` are words, nothing is merged or tagged, a key stands once.
 */
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  type YAMLError,
} from 'yaml'
import { errorMessage } from '../errors.ts'
import { escaped, type Path, quoted } from './problems.ts'

export type Place = { readonly line: number; readonly column: number }

export type YamlProblem = Place & { readonly what: string; readonly hint?: string }

export type YamlSource = {
  readonly value: unknown
  /** Of a value, or of its key. What is not there is at the nearest thing around it that is. */
  readonly place: (path: Path, atKey?: boolean) => Place
  readonly has: (path: Path) => boolean
  /** A scalar as it was written: `0644`, where the value is 644. */
  readonly written: (path: Path) => string | undefined
  /** Where a second document starts: a cluster file is one. */
  readonly secondDocument: Place | undefined
}

export type ReadYaml =
  | { readonly ok: true; readonly source: YamlSource }
  | { readonly ok: false; readonly problems: readonly YamlProblem[] }

/** A cluster file needs few aliases; a thousand of them, nested, are an attack ("billion laughs"). */
const maxAliasCount = 100

/** One missing bracket can make a problem of every line after it. */
const mostSyntaxProblems = 20

const syntaxHints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'YAML is indented with spaces.',
  BAD_INDENT: 'Lines that belong together start in the same column.',
  MULTILINE_IMPLICIT_KEY: 'Is there a colon in a value, or a quote missing? Put the value in quotes.',
  BLOCK_AS_IMPLICIT_KEY: 'Is there a colon in a value? Put the value in quotes.',
  UNEXPECTED_TOKEN: 'Put values with special characters in quotes.',
  DUPLICATE_KEY: 'Keep one of the two.',
  TAG_RESOLVE_FAILED: 'Tags are not used in cluster files: leave it out.',
}

export const readYaml = (text: string): ReadYaml => {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
    merge: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  })
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const failure = (offset: number, what: string, hint?: string): ReadYaml => ({
    ok: false,
    problems: [{ ...placeOf(offset), what, ...(hint === undefined ? {} : { hint }) }],
  })
  const [document, second] = Array.isArray(documents) ? documents : []
  if (document === undefined || (document.contents === null && document.errors.length === 0))
    return failure(0, 'the file is empty', 'A cluster file starts with "apiVersion: slipway/v1".')
  const broken = [...document.errors, ...document.warnings]
  if (broken.length > 0)
    return {
      ok: false,
      problems: broken
        .slice(0, mostSyntaxProblems)
        .map((error) => ({ ...placeOf(error.pos[0]), ...syntaxProblem(error, text) })),
    }
  if (document.directives?.yaml.explicit && document.directives.yaml.version !== '1.2')
    return failure(0, 'the file asks for another YAML than 1.2', 'Leave the %YAML line out.')
  try {
    const value: unknown = document.toJS({ maxAliasCount })
    if (holdsItself(value)) return failure(0, 'an alias stands inside the value that it means')
    const secondDocument = second && placeOf(second.range[0])
    return { ok: true, source: { ...sourceOf(document, value, placeOf), secondDocument } }
  } catch (error) {
    return failure(0, `the aliases in the file cannot be followed: ${escaped(errorMessage(error))}`)
  }
}

const syntaxProblem = (error: YAMLError, text: string): { readonly what: string; readonly hint?: string } => {
  const hint = syntaxHints[error.code]
  const key = /^[^\s:]+/.exec(text.slice(error.pos[0]))?.[0]
  const what =
    error.code === 'DUPLICATE_KEY' && key !== undefined
      ? `the key ${quoted(key)} is given twice`
      : `not YAML: ${escaped(error.message.replaceAll(/\s+/g, ' ').replace(/\.$/, ''))}`
  return { what, ...(hint === undefined ? {} : { hint }) }
}

/** `&a [*a]` is a value without end. */
const holdsItself = (value: unknown, around: readonly unknown[] = []): boolean => {
  if (typeof value !== 'object' || value === null) return false
  return (
    around.includes(value) || Object.values(value).some((inner) => holdsItself(inner, [...around, value]))
  )
}

const sourceOf = (
  document: Document,
  value: unknown,
  placeOf: (offset: number) => Place,
): Omit<YamlSource, 'secondDocument'> => {
  const root = resolved(document, document.contents)
  const find = (path: Path): { readonly node: Node | undefined; readonly key: Node | undefined } => {
    let node = root
    let key: Node | undefined
    for (const part of path) {
      const child = childOf(node, part)
      node = resolved(document, child?.value)
      key = child?.key
      if (!child) return { node: undefined, key: undefined }
    }
    return { node, key }
  }
  const place = (path: Path, atKey = false): Place => {
    const { node, key } = find(path)
    const found = atKey ? (key ?? node) : (node ?? key)
    if (found?.range) return placeOf(found.range[0])
    return path.length === 0 ? { line: 1, column: 1 } : place(path.slice(0, -1), true)
  }
  return {
    value,
    place,
    has: (path) => {
      const { node, key } = find(path)
      return node !== undefined || key !== undefined
    },
    written: (path) => {
      const { node } = find(path)
      return isScalar(node) ? node.source : undefined
    },
  }
}

const resolved = (document: Document, node: unknown): Node | undefined => {
  if (isAlias(node)) return node.resolve(document)
  return isNode(node) ? node : undefined
}

const childOf = (node: Node | undefined, part: string | number): Pair<Node, unknown> | undefined => {
  if (isSeq(node)) {
    const item = node.items[Number(part)]
    return isNode(item) ? ({ key: item, value: item } as Pair<Node, unknown>) : undefined
  }
  if (!isMap(node)) return undefined
  return node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part)) as
    | Pair<Node, unknown>
    | undefined
}
