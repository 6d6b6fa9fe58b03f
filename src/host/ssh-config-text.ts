/**
 * An ssh_config with what it includes (ssh_config(5), Include): a setting in a file of its own counts like any other. Takes a path;
 * gives one text. Files that are not there are passed over, as ssh does.
 */
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { localPath } from '../config/paths.ts'
import { UserError } from '../errors.ts'

/** OpenSSH's READCONF_MAX_DEPTH. */
const deepest = 16

const include = /^\s*include[\s=]+(.*?)\s*$/i
const section = /^\s*(?:host|match)[\s=]/i

const patternsIn = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')

const filesFor = async (pattern: string, home: string): Promise<readonly string[]> => {
  const path = localPath(pattern, { home, folder: join(home, '.ssh') })
  const found: string[] = []
  for await (const file of glob(path)) found.push(file)
  return found.toSorted()
}

const expanded = async (text: string, home: string, depth: number): Promise<string> => {
  const lines: string[] = []
  // What comes behind an included file belongs where it stood before, not to the last host of that file.
  let within = 'Host *'
  for (const line of text.split('\n')) {
    const [, patterns] = include.exec(line) ?? []
    if (section.test(line)) within = line
    if (patterns === undefined) {
      lines.push(line)
      continue
    }
    const files = (await Promise.all(patternsIn(patterns).map((pattern) => filesFor(pattern, home)))).flat()
    for (const file of files) lines.push(await readIncluded(file, home, depth + 1), within)
  }
  return lines.join('\n')
}

const readIncluded = async (path: string, home: string, depth: number): Promise<string> => {
  if (depth > deepest)
    throw new UserError(`ssh_config: ${path} is included by what it includes`, {
      hint: `more than ${deepest} deep: take one Include out`,
    })
  return expanded(await readFile(path, 'utf8').catch(() => ''), home, depth)
}

export const withIncludes = (text: string, home: string): Promise<string> => expanded(text, home, 0)
