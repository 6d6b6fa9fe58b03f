/**
 * The template engine. Takes the name of a template of ours and data; gives text or objects. A value that is missing is an error,
 * nothing is HTML-escaped, and a value is never looked at as a template. Text gets into YAML by the helpers `yaml` (in blocks) and
 * `quote` (anywhere), so `on`, `0644` or `{{` stay what they are; rendered YAML is parsed, as YAML 1.2 and as Kubernetes does, before anybody gets it.
 */
import { readdirSync, readFileSync } from 'node:fs'
import Handlebars from 'handlebars'
import type { KubeObject } from '../api/types.ts'
import { errorMessage } from '../errors.ts'
import { shipped } from '../shipped.ts'
import { readUnambiguousYaml } from './yaml-read.ts'
import { plainOrQuoted, quoted } from './yaml-write.ts'

const folder = shipped('templates/')

const ofText =
  (write: (text: string) => string) =>
  (value: unknown): string => {
    if (typeof value !== 'string') throw new Error(`a text was expected, not ${String(value)}`)
    return write(value)
  }

const engine = Handlebars.create()
engine.registerHelper({ yaml: ofText(plainOrQuoted), quote: ofText(quoted) })

/** Each is compiled when it is first used, once: a run over hundreds of hosts renders the same dozen. */
const templates: ReadonlyMap<string, Handlebars.TemplateDelegate> = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .map((path) => [
      path.slice(folder.length),
      engine.compile(readFileSync(path, 'utf8'), {
        strict: true,
        noEscape: true,
        knownHelpersOnly: true,
        knownHelpers: { yaml: true, quote: true },
      }),
    ]),
)

export const templateNames: readonly string[] = [...templates.keys()].sort()

export const render = (template: string, data: object): string => {
  const compiled = templates.get(template)
  if (!compiled) throw new Error(`there is no template ${template}`)
  try {
    return compiled(data)
  } catch (error) {
    throw new Error(`the template ${template}: ${errorMessage(error)}`, { cause: error })
  }
}

const valuesOf = (template: string, text: string): readonly unknown[] => {
  try {
    return readUnambiguousYaml(text)
  } catch (error) {
    throw new Error(`what the template ${template} makes: ${errorMessage(error)}`, { cause: error })
  }
}

/** Text that has been parsed, for files. */
export const renderYaml = (template: string, data: object): string => {
  const text = render(template, data)
  valuesOf(template, text)
  return text
}

/** The one document of a template, for data that is merged with the user's before it is written. */
export const renderValue = (template: string, data: object): Readonly<Record<string, unknown>> => {
  const [value] = valuesOf(template, render(template, data))
  return value as Readonly<Record<string, unknown>>
}

export const renderObjects = (template: string, data: object): readonly KubeObject[] =>
  valuesOf(template, render(template, data)) as readonly KubeObject[]
