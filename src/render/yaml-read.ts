/**
 * Reads YAML as Kubernetes does, and YAML that has to mean the same to everybody. Takes text; gives one value a document.
 * Kubernetes' reader (sigs.k8s.io/yaml) is of YAML 1.1, nearly: `on` is a boolean and `0644` is 420, where YAML 1.2 has a string
 * and 644; but unlike YAML 1.1 it leaves `12:34:56` and `2001-01-01` strings and knows `0o17`.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  Composer,
  type Document,
  type ParsedNode,
  Parser,
  parseAllDocuments,
  type ScalarTag,
  type Tags,
} from 'yaml'

export type YamlDocument = { readonly value: unknown; readonly line: number }

/** Thrown for text that is not YAML; the message says the line. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
}

const goInteger = /^([-+]?)(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/
const goFloat = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/

/** Go's strconv.ParseInt with base 0: a leading zero is octal. */
const integer = (sign: string, digits: string): number => {
  const value = Number(digits.replace(/^0(?=[0-7])/, '0o'))
  return sign === '-' && value !== 0 ? -value : value
}

/** Underscores are skipped; in a number that begins with its point only where they part digits. What is too large is a word: `4e738`. */
const numberOrText = (text: string): number | string => {
  const bare = text.replaceAll(text.startsWith('.') ? /(?<=\d)_(?=\d)/g : '_', '')
  const [, sign = '', digits] = goInteger.exec(bare) ?? []
  if (digits !== undefined) return integer(sign, digits)
  const value = goFloat.test(bare) ? Number.parseFloat(bare) : Number.POSITIVE_INFINITY
  return Number.isFinite(value) ? value : text
}

const kubernetesNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+.0-9][-+.0-9a-fA-FxXoO_]*$/,
  resolve: numberOrText,
}

const replaced = /^tag:yaml.org,2002:(int|float|timestamp)$/

/** Those of YAML 1.1, with Kubernetes' numbers in place of its own; infinities stay. */
const kubernetesTags = (tags: Tags): Tags => [
  kubernetesNumber,
  ...tags.filter(
    (tag) => typeof tag === 'string' || !replaced.test(tag.tag) || (tag as ScalarTag).test?.test('.inf'),
  ),
]

const readers = {
  'YAML 1.2': { version: '1.2', schema: 'core', uniqueKeys: true },
  Kubernetes: { version: '1.1', customTags: kubernetesTags, uniqueKeys: true },
} as const

const contentOf = (document: Document.Parsed): unknown => {
  const [problem] = document.errors
  if (problem) throw new YamlError(problem.message)
  try {
    return document.toJS() as unknown
  } catch (error) {
    throw new YamlError(error instanceof Error ? error.message : String(error))
  }
}

const read = (text: string, reader: keyof typeof readers): readonly YamlDocument[] => {
  const documents = parseAllDocuments<ParsedNode>(text, readers[reader])
  if (!Array.isArray(documents)) return []
  return documents.map((document) => ({
    value: contentOf(document),
    line: text.slice(0, document.contents?.range[0] ?? 0).split('\n').length,
  }))
}

export const readKubernetesYaml = (text: string): readonly YamlDocument[] => read(text, 'Kubernetes')

/** The values of text of our own making, which every reader must understand alike. It is taken apart once, most of the work, for both. */
export const readUnambiguousYaml = (text: string): readonly unknown[] => {
  const tokens = [...new Parser().parse(text)]
  const valuesFor = (reader: keyof typeof readers): readonly unknown[] => {
    const documents = [...new Composer(readers[reader]).compose(tokens)]
    const isSound = documents.every(({ errors }) => errors.length === 0)
    // Where something is wrong, it is read again to learn the line.
    return isSound ? documents.map(contentOf) : read(text, reader).map(({ value }) => value)
  }
  const values = valuesFor('YAML 1.2')
  if (!isDeepStrictEqual(values, valuesFor('Kubernetes')))
    throw new YamlError('YAML 1.2 and Kubernetes do not read it alike: a value needs quotes')
  return values
}
