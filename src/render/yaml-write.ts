/**
 * Writes YAML that every reader understands alike, as kubeadm lays it out: keys sorted, sequences not indented, and quotes around
 * every string that any version of YAML could take for something else. Takes plain data; gives text.
 */
import { isDeepStrictEqual } from 'node:util'
import { readUnambiguousYaml } from './yaml-read.ts'

/** JSON leaves these as they are; YAML 1.1 takes them for line breaks, or refuses them as unprintable. */
const escapedByYamlOnly = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/** A string in double quotes: JSON's form, in which YAML of any version and TOML find that same string. */
export const quoted = (text: string): string => {
  if (!text.isWellFormed())
    throw new Error(`half a character in ${JSON.stringify(text)}: no file can hold it`)
  return JSON.stringify(text).replace(
    escapedByYamlOnly,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Words, paths, flags (a letter comes first, so never a number); addresses and networks; Go's durations. */
const plainForms = [
  /^-{0,2}[A-Za-z/]([A-Za-z0-9_./:=,*-]*[A-Za-z0-9_./=*-])?$/,
  /^\d+(\.\d+){3}(\/\d+)?$/,
  /^(\d+[hms])+$/,
]
const reserved = /^(y|yes|n|no|on|off|true|false|null)$/i

/** A string as a block of YAML has it (a comma would end it inside braces): plain where nobody can take it for anything else. */
export const plainOrQuoted = (text: string): string =>
  plainForms.some((form) => form.test(text)) && !reserved.test(text) ? text : quoted(text)

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null

const scalar = (value: unknown): string => {
  if (typeof value === 'string') return plainOrQuoted(value)
  if (Array.isArray(value)) return '[]'
  return isComposite(value) ? '{}' : JSON.stringify(value)
}

const isEmpty = (value: object): boolean => Object.keys(value).length === 0

const sequenceItem = (value: unknown, indent: string): string => {
  if (!isComposite(value) || isEmpty(value)) return `${indent}- ${scalar(value)}\n`
  const inner = block(value, `${indent}  `)
  return `${indent}- ${inner.slice(indent.length + 2)}`
}

const entry = ([key, value]: readonly [string, unknown], indent: string): string => {
  if (!isComposite(value) || isEmpty(value)) return `${indent}${plainOrQuoted(key)}: ${scalar(value)}\n`
  return `${indent}${plainOrQuoted(key)}:\n${block(value, Array.isArray(value) ? indent : `${indent}  `)}`
}

const block = (value: object, indent: string): string =>
  Array.isArray(value)
    ? value.map((each) => sequenceItem(each, indent)).join('')
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map((pair) => entry(pair, indent))
        .join('')

export const toYaml = (value: object): string => {
  const text = isEmpty(value) ? `${scalar(value)}\n` : block(value, '')
  if (!isDeepStrictEqual(readUnambiguousYaml(text), [value]))
    throw new Error(`this cannot be said in YAML: ${JSON.stringify(value)}`)
  return text
}
