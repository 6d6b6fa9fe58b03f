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

const filesOf =
  (part: TemplateRow['part']) =>
  (input: RenderInput): readonly FileContent[] =>
    templateRows
      .filter((row) => row.part === part && row.roles.includes(input.host.role))
      .filter(({ wanted = always }) => wanted(input.config))
      .map((row) => ({
        path: targetPath(row),
        mode: row.mode,
        content: textOf(row, input),
        ...(row.staging === undefined ? {} : { staging: row.staging }),
      }))

export const hostPrepFiles = filesOf('host-prep')
export const containerdFiles = filesOf('containerd')

/** Paths that have a row, of which this cluster has no need. */
export const unwantedPaths = (part: TemplateRow['part'], config: ClusterConfig): readonly string[] =>
  templateRows.filter((row) => row.part === part && !(row.wanted ?? always)(config)).map(targetPath)
export const kubeletFiles = filesOf('kubelet')
export const controlPlaneManifests = filesOf('static-pods')
