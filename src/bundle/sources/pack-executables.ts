/** Entries of executables that somebody else has built. Takes what is wanted and a file a component; gives an entry a row. */
import { type Entry, makeBinary } from '../make.ts'
import type { Wanted } from './types.ts'

export const packExecutables = async (
  { binaries, arch }: Wanted,
  files: ReadonlyMap<string, string>,
): Promise<readonly Entry[]> => {
  const fileOf = (component: string): string => {
    const file = files.get(component)
    if (file !== undefined) return file
    throw new Error(`nobody fetched ${component}`)
  }
  const entries: Entry[] = []
  // Each travels by itself: no layer of ours has them inside.
  for (const { component, version, path, roles } of binaries)
    entries.push(await makeBinary({ component, version, path, roles }, { arch, fileOf, networkTools: '' }))
  return entries
}
