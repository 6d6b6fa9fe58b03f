/**
 * The template engine. Takes a template of ours and data; gives text. A value that is missing is an error, nothing is HTML-escaped,
 * and rendered YAML is parsed before anybody gets it. Values get into YAML by the `yaml` helper alone: as a JSON string, which
 * YAML 1.1 and 1.2 read alike, so `on`, `0644` or `{{` stay what they are.
 */
import { readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import { parseAllDocuments } from 'yaml'
import type { KubeObject } from '../api/types.ts'

const templatesFolder = new URL('../../templates/', import.meta.url)

const engine = Handlebars.create()
engine.registerHelper('yaml', (value: unknown) => JSON.stringify(value))
engine.registerHelper('block', (text: string, indent: number) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join('\n'),
)

export const render = (template: string, data: object): string => {
  const source = readFileSync(new URL(template, templatesFolder), 'utf8')
  return engine.compile(source, {
    strict: true,
    noEscape: true,
    knownHelpersOnly: true,
    knownHelpers: { yaml: true, block: true },
  })(data)
}

const parseYaml = (template: string, text: string): readonly unknown[] => {
  const documents = parseAllDocuments(text, { uniqueKeys: true })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => {
    const [problem] = document.errors
    if (problem) throw new Error(`the template ${template} does not make valid YAML: ${problem.message}`)
    return document.toJS() as unknown
  })
}

/** Text that has been parsed, for files. */
export const renderYaml = (template: string, data: object): string => {
  const text = render(template, data)
  parseYaml(template, text)
  return text
}

export const renderObjects = (template: string, data: object): readonly KubeObject[] =>
  parseYaml(template, render(template, data)).filter(
    (each) => each !== null,
  ) as unknown as readonly KubeObject[]
