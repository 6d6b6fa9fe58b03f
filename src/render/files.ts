/** The files of one host, by the phase that writes them. Takes the cluster file and the host's facts; gives paths, modes, contents. */
import type { ClusterConfig } from '../config/schema.ts'
import { render, renderYaml } from './engine.ts'
import { type TemplateRow, templateRows } from './table.ts'
import type { FileContent, RenderInput } from './types.ts'

export const targetPath = ({ template }: TemplateRow): string => `/${template.replace(/\.hbs$/, '')}`

const textOf = (row: TemplateRow, input: RenderInput): string => {
  if (row.merged) return row.merged(input)
  const make = targetPath(row).endsWith('.yaml') ? renderYaml : render
  return make(row.template, row.data?.(input) ?? {})
}

const always = (): boolean => true

const rowsOf = (part: TemplateRow['part'], { host, config }: RenderInput): readonly TemplateRow[] =>
  templateRows
    .filter((row) => row.part === part && row.roles.includes(host.role))
    .filter(({ wanted = always }) => wanted(config))

const fileOf = (row: TemplateRow, input: RenderInput): FileContent => ({
  path: targetPath(row),
  mode: row.mode,
  content: textOf(row, input),
  ...(row.staging === undefined ? {} : { staging: row.staging }),
})

const filesOf =
  (part: TemplateRow['part']) =>
  (input: RenderInput): readonly FileContent[] =>
    rowsOf(part, input).map((row) => fileOf(row, input))

export const hostPrepFiles = filesOf('host-prep')
export const containerdFiles = filesOf('containerd')

/** Paths that have a row, of which this cluster has no need. */
export const unwantedPaths = (part: TemplateRow['part'], config: ClusterConfig): readonly string[] =>
  templateRows.filter((row) => row.part === part && !(row.wanted ?? always)(config)).map(targetPath)
export const kubeletFiles = filesOf('kubelet')
export const controlPlaneManifests = filesOf('static-pods')

export const controlPlaneManifest = (input: RenderInput, component: string): FileContent => {
  const row = rowsOf('static-pods', input).find((each) => targetPath(each).endsWith(`/${component}.yaml`))
  if (!row) throw new Error(`there is no static pod ${component}`)
  return fileOf(row, input)
}
