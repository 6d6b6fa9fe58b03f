/** What runs that were killed have left half-written. Takes a folder and which names there are of that kind; takes them away. */
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Nobody writes to a file for so long and is still at it. Which process it was cannot be told: the folder may be on another machine. */
const dayMs = 24 * 3_600_000

export const sweepLeftovers = async (
  folder: string,
  isUnfinished: (name: string) => boolean,
): Promise<void> => {
  const names = (await readdir(folder)).filter(isUnfinished)
  for (const path of names.map((name) => join(folder, name))) {
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() && Date.now() - found.mtimeMs > dayMs) await rm(path, { force: true })
  }
}
