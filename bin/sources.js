// Whether what is in dist was built from the sources that are here now. In a checkout all of them are looked at, which takes a few
// milliseconds: size and time of every source, and of the dependencies as locked. A package has no sources.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))

export const source = path('src/cli.ts')
export const dist = path('dist')
/** Beside what was built, what it was built from. */
export const record = 'sources'

export const sourcesNow = () =>
  readdirSync(path('src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name}`)
    .concat('package.json', 'package-lock.json')
    .toSorted()
    .map((name) => {
      const { size, mtimeMs } = statSync(path(name))
      return `${name} ${size} ${mtimeMs}\n`
    })
    .join('')

export const isBuilt = () => {
  if (!existsSync(source)) return true
  const built = `${dist}/${record}`
  return existsSync(built) && readFileSync(built, 'utf8') === sourcesNow()
}
