/** What is wrong with a cluster file: where, what, and what to do. Takes problems; gives them in order, and as lines that editors can follow. */
import { UserError } from '../errors.ts'

export type Problem = {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Without a full stop at its end. */
  readonly what: string
  /** A sentence. */
  readonly hint?: string
}

/** Where in the cluster file: `['hosts', 0, 'address']`. */
export type Path = readonly (string | number)[]

/** A problem before its place in the text was looked up. */
export type PathProblem = {
  readonly path: Path
  /** The key itself is wrong, not its value. */
  readonly atKey?: boolean
  readonly what: string
  readonly hint?: string
}

export const problemLine = ({ file, line, column, what, hint }: Problem): string =>
  `${file}:${line}:${column}: ${what}.${hint === undefined ? '' : ` ${hint}`}`

export const sortProblems = (problems: readonly Problem[]): readonly Problem[] =>
  problems.toSorted((a, b) => a.line - b.line || a.column - b.column)

export const problemsError = (file: string, problems: readonly Problem[]): UserError => {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`
  return new UserError([`${file} has ${count}:`, ...problems.map(problemLine)].join('\n'), {
    hint: `nothing was touched; check again with: slipway config validate -c ${file}`,
  })
}

/** `hosts[0].address`, as messages name it. */
export const pathText = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    const shown = /^[A-Za-z0-9_-]+$/.test(part) ? part : quoted(part)
    return text === '' ? shown : `${text}.${shown}`
  }, '')

const longestShown = 60

/** A value of the user's as messages show it: on one line, not too long, no password of a URL, nothing that a terminal would obey. */
export const quoted = (value: unknown): string => {
  const text = (JSON.stringify(value) ?? String(value)).replace(/(:\/\/)[^/"\s]*@/g, '$1…@')
  return escaped(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text)
}

/** What a terminal would obey (controls, marks that turn the direction of writing), as `\u001b`. */
export const escaped = (text: string): string =>
  text.replace(
    /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
