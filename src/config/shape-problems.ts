/**
 * What the shape (schema.ts) found, in words. Takes zod's issues and the YAML they come from; gives problems with their paths.
 * One reading of a mistake each: a key that is unknown, missing or empty, a value that is of the wrong kind or not one of a few.
 */
import type { z } from 'zod'
import { didYouMean, nearest } from './did-you-mean.ts'
import { homeOf, keysAt, meaningOf } from './known-keys.ts'
import { type Path, type PathProblem, pathText, quoted } from './problems.ts'
import type { YamlSource } from './yaml-source.ts'

type Issue = z.core.$ZodIssue

export const shapeProblems = (issues: readonly Issue[], source: YamlSource): readonly PathProblem[] => {
  const meant = misspelled(issues)
  return issues.flatMap((issue) =>
    meant.has(pathText(pathOf(issue))) && !source.has(pathOf(issue)) ? [] : issueProblems(issue, source),
  )
}

const pathOf = ({ path }: Issue): Path => path.map((part) => (typeof part === 'number' ? part : String(part)))

/** Keys that are missing because they were written wrong: saying so once is enough. */
const misspelled = (issues: readonly Issue[]): ReadonlySet<string> =>
  new Set(
    issues.flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return []
      const parent = pathOf(issue)
      return issue.keys.flatMap((key) => {
        const meant = nearest(key, keysAt(parent))
        return meant === undefined ? [] : [pathText([...parent, meant])]
      })
    }),
  )

const issueProblems = (issue: Issue, source: YamlSource): readonly PathProblem[] => {
  const path = pathOf(issue)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key))
  const name = pathText(path)
  if (issue.code === 'invalid_key')
    return [
      { path, atKey: true, what: `${quoted(path.at(-1))} ${issue.issues[0]?.message ?? 'is not allowed'}` },
    ]
  if (path.length > 0 && !source.has(path)) return [missingKey(path)]
  const value = valueAt(source.value, path)
  if (value === null || (value === '' && issue.code === 'too_small'))
    return [{ path, what: `${name || 'the file'} is empty`, hint: emptyHint }]
  return [{ path, ...wrongValue(issue, name || 'the file', value, source.written(path)) }]
}

const emptyHint = 'Give it a value, or leave the line out.'

const unknownKey = (parent: Path, key: string): PathProblem => {
  const known = keysAt(parent)
  const home = homeOf(key)
  const inOther = home === undefined ? undefined : `It belongs under ${quoted(home)}.`
  const all = known.length > 0 ? `Known keys: ${known.join(', ')}.` : undefined
  const hint = didYouMean(key, known) ?? inOther ?? all
  const what = `unknown key ${quoted(key)}${parent.length > 0 ? ` in ${pathText(parent)}` : ''}`
  return { path: [...parent, key], atKey: true, what, ...(hint === undefined ? {} : { hint }) }
}

const missingKey = (path: Path): PathProblem => {
  const hint = meaningOf(path)
  return { path, what: `${pathText(path)} is missing`, ...(hint === undefined ? {} : { hint }) }
}

type Words = { readonly what: string; readonly hint?: string }

const wrongValue = (issue: Issue, name: string, value: unknown, written: string | undefined): Words => {
  switch (issue.code) {
    case 'invalid_value':
      return wrongChoice(issue.values.map(String), name, value)
    case 'invalid_type':
      return wrongType(issue, name, value, written)
    case 'too_small':
      return {
        what:
          issue.origin === 'array'
            ? issue.message
            : `${name}: ${quoted(value)} is too small: ${bound(issue.minimum, 'at least')}`,
      }
    case 'too_big':
      return {
        what: `${name}: ${quoted(value)} is too ${issue.origin === 'string' ? 'long' : 'big'}: ${bound(issue.maximum, 'at most')}`,
      }
    default:
      return { what: `${name}: ${quoted(value)} ${issue.message}` }
  }
}

const bound = (limit: number | bigint, word: string): string => `${word} ${limit} is meant`

const wrongChoice = (choices: readonly string[], name: string, value: unknown): Words => {
  const hint = typeof value === 'string' ? didYouMean(value, choices) : undefined
  const meant = choices.map((choice) => JSON.stringify(choice)).join(', ')
  const what = `${name}: ${quoted(value)} is not ${choices.length === 1 ? meant : `one of ${meant}`}`
  return { what, ...(hint === undefined ? {} : { hint }) }
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of keys and values',
  record: 'a section of keys and values',
}

const wrongType = (
  issue: Extract<Issue, { code: 'invalid_type' }>,
  name: string,
  value: unknown,
  written: string | undefined,
): Words => {
  const wanted = words[issue.expected] ?? issue.expected
  // The shape's own words say more than the type, where it has some.
  if (!issue.message.startsWith('Invalid input'))
    return { what: `${name}: ${written ?? quoted(value)} ${issue.message}` }
  if (issue.expected === 'string' && written !== undefined)
    return { what: `${name}: ${quoted(value)} is not text`, hint: `Put it in quotes: ${quoted(written)}` }
  const shown = typeof value === 'object' ? (Array.isArray(value) ? 'a list' : 'a section') : quoted(value)
  return { what: `${name} must be ${wanted}, not ${shown}` }
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Readonly<Record<string, unknown>>)[part]
        : undefined,
    value,
  )
