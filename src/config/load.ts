/** Reads a cluster file. Takes its path; gives the configuration, or every problem at once as `file:line:col: what. hint`. */
import { readFile } from 'node:fs/promises'
import { UserError } from '../errors.ts'
import { type ParseOptions, parseCluster } from './parse.ts'
import { problemsError } from './problems.ts'
import type { ClusterConfig } from './schema.ts'

export const loadCluster = async (path: string, options: ParseOptions): Promise<ClusterConfig> => {
  const parsed = parseCluster(await readClusterText(path), path, options)
  if (parsed.ok) return parsed.config
  throw problemsError(path, parsed.problems)
}

/** A cluster file of five hundred hosts is 50 kB: what is much larger is another file, given by mistake. */
const largestFile = 4 * 1024 * 1024

export const readClusterText = async (path: string): Promise<string> => {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause)
  })
  if (bytes.length > largestFile)
    throw new UserError(`${path} is no cluster file: it has ${bytes.length} bytes`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new UserError(`${path} is not UTF-8 text`, { cause, hint: 'save it as UTF-8' })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'you may not read it',
  EISDIR: 'it is a directory',
}

const unreadable = (path: string, cause: unknown): UserError => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return new UserError(`cannot read the cluster file ${path}: ${reasons[code] ?? code}`, {
    cause,
    hint: 'name it with -c FILE',
  })
}
