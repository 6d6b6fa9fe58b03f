/** Paths on this machine that a cluster file names. Takes `~/x`, `x` or `/x`; gives an absolute path. Pure. */
import { isAbsolute, join, resolve } from 'node:path'

export type PathBase = {
  /** Where relative paths start: the folder of the cluster file, wherever the command was called. */
  readonly folder: string
  readonly home: string
}

export const localPath = (path: string, { folder, home }: PathBase): string => {
  if (path === '~') return home
  if (path.startsWith('~/')) return join(home, path.slice(2))
  return isAbsolute(path) ? path : resolve(folder, path)
}
