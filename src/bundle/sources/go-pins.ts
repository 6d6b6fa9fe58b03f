/**
 * Which go.mod and go.sum pin a component. Takes the folder of its module and a version; gives the two files. go.mod is of the newest
 * version; `1.36.4.mod` and `1.36.4.sum` beside it are of an older one that the catalog still has.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { shipped } from '../../shipped.ts'

const modulesFolder = shipped('bundle/go/')

export type Pins = {
  readonly folder: string
  readonly mod: string
  readonly sum: string
  /** For the go command; none where it finds the files by itself. */
  readonly arguments: readonly string[]
}

export const pinsOf = (module: string, version: string): Pins => {
  const folder = join(modulesFolder, module)
  const mod = join(folder, `${version}.mod`)
  if (existsSync(mod))
    return { folder, mod, sum: join(folder, `${version}.sum`), arguments: [`-modfile=${version}.mod`] }
  return { folder, mod: join(folder, 'go.mod'), sum: join(folder, 'go.sum'), arguments: [] }
}
