/** Reads a cluster file. Takes its path; gives the configuration, or every problem at once as `file:line:col: what. hint`. */
import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { type ParseOptions, parseCluster } from './parse.ts'
import type { ClusterConfig } from './schema.ts'

export const loadCluster = async (path: string, options: ParseOptions): Promise<ClusterConfig> => {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`cannot read the cluster file ${path}`, { cause, hint: 'name it with -c FILE' })
  })
  const parsed = parseCluster(text, path, options)
  if (parsed.ok) return parsed.config
  const lines = parsed.problems.map(
    ({ file, line, column, what, hint }) => `${file}:${line}:${column}: ${what}.${hint ? ` ${hint}` : ''}`,
  )
  throw new UserError(
    `the cluster file has ${lines.length === 1 ? 'a problem' : `${lines.length} problems`}\n${lines.join('\n')}`,
  )
}
