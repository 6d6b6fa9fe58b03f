/**
 * Reads YAML as Kubernetes does, and YAML that has to mean the same to everybody. Takes text; gives one value a document.
 * Kubernetes' reader (sigs.k8s.io/yaml) is of YAML 1.1, nearly: `on` is a boolean and `0644` is 420, where YAML 1.2 has a string
 * and 644; but unlike YAML 1.1 it leaves `12:34:56` and `2001-01-01` strings and knows `0o17`.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Document, type ParsedNode, parseAllDocuments, type ScalarTag, type Tags } from 'yaml'

export type YamlDocument = { readonly value: unknown; readonly line: number }

/** Thrown for text that is not YAML; the message says the line. */
export class YamlError extends Error {
  override readonly name = 'YamlError'
}

const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0o[0-7]+$/,
  resolve: (text) => Number.parseInt(text.replace('0o', ''), 8),
}

const kubernetesTags = (tags: Tags): Tags => [
  octal,
  ...tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (!('format' in tag && tag.format === 'TIME') && tag.tag !== 'tag:yaml.org,2002:timestamp'),
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

/** The values of text of our own making, which every reader must understand alike. */
export const readUnambiguousYaml = (text: string): readonly unknown[] => {
  const values = read(text, 'YAML 1.2').map(({ value }) => value)
  const toKubernetes = read(text, 'Kubernetes').map(({ value }) => value)
  if (!isDeepStrictEqual(values, toKubernetes))
    throw new YamlError('YAML 1.2 and Kubernetes do not read it alike: a value needs quotes')
  return values
}
