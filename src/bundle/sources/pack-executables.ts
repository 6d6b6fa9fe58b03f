/** Entries of executables that somebody else has built. Takes what is wanted and a file a component; gives an entry a row. */
import { availableParallelism } from 'node:os'
import { eachOf } from '../each-of.ts'
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
  const made = new Map<string, Entry>()
  // Compressing one takes one core.
  await eachOf(binaries, availableParallelism(), async ({ component, version, path, roles }) => {
    // Each travels by itself: no layer of ours has them inside.
    const row = { component, version, path, roles }
    made.set(path, await makeBinary(row, { arch, fileOf, networkTools: '' }))
  })
  return binaries.flatMap(({ path }) => made.get(path) ?? [])
}
