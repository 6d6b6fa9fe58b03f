/**
 * Builds components from Go modules. Takes a recipe; gives the path of the executable. Cached by content: the key is made of the
 * pinned modules, the recipe, the architecture and the compiler, so what was built once is not built again.
 */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { cacheDirectory } from '../../constants.ts'
import { runTool } from '../run-tool.ts'
import type { Say } from '../say.ts'
import { turns } from '../turns.ts'
import { cCompiler } from './c-compiler.ts'
import { type Pins, pinsOf } from './go-pins.ts'
import type { GoRecipe } from './go-recipes.ts'

/** Where modules are kept, and what was compiled of them: shared by everything that is ever built here. */
export const goCaches = (): { readonly GOMODCACHE: string; readonly GOCACHE: string } => ({
  GOMODCACHE: join(cacheDirectory(), 'go', 'mod'),
  GOCACHE: join(cacheDirectory(), 'go', 'build'),
})

const hasC = (recipe: GoRecipe, arch: string): boolean => recipe.cgo?.includes(arch) ?? false

/**
 * Each run of the compiler lives for seconds: it collects no garbage until it holds its share of half the memory, or it would spend a
 * sixth of its time on that (261 s of CPU for kube-scheduler and all that it needs, 315 as Go does it by itself). A gigabyte at
 * least: one that cannot keep to its limit would collect all the time.
 */
const uncollected = (): NodeJS.ProcessEnv => {
  const share = Math.max(totalmem() / 2 / availableParallelism(), 2 ** 30)
  return { GOGC: 'off', GOMEMLIMIT: `${Math.round(share)}B` }
}

const goEnvironment = async (recipe: GoRecipe, arch: string, say: Say): Promise<NodeJS.ProcessEnv> => ({
  ...uncollected(),
  ...process.env,
  ...goCaches(),
  GOFLAGS: '-buildvcs=false -mod=readonly',
  GOWORK: 'off',
  GOOS: 'linux',
  GOARCH: arch,
  CGO_ENABLED: '0',
  ...(hasC(recipe, arch) ? { CGO_ENABLED: '1', ...(await cCompiler(arch, say)).env } : {}),
})

/** Go's own resolver and user database for all, so that what has C code shares its packages with what has none. */
const everybodysTags = ['netgo', 'osusergo']

/** What is compiled with the same is compiled once. */
export const compilerFlags = (tags: readonly string[] = []): readonly string[] => [
  '-trimpath',
  // What debuggers need is thrown away by the linker (-s -w): not making it first saves a tenth of the compiler's time.
  '-gcflags=all=-dwarf=false',
  '-tags',
  [...everybodysTags, ...tags].join(','),
]

const buildArguments = (recipe: GoRecipe, arch: string, pins: Pins): readonly string[] => {
  const linking = [
    '-s',
    '-w',
    '-buildid=',
    ...(recipe.ldflags ? [recipe.ldflags] : []),
    ...(hasC(recipe, arch) ? ['-extldflags -static'] : []),
  ]
  return ['build', ...pins.arguments, ...compilerFlags(recipe.tags), '-ldflags', linking.join(' ')]
}

/** The compiler uses all cores. Two builds that begin together would compile twice what both need: the cache knows only what is done. */
const compiling = turns()

export const goVersion = async (): Promise<string> =>
  (
    await runTool('go', ['version'], {
      hint: 'install Go 1.26 or newer: the go source builds every component with it',
    })
  ).trim()

/** A main package of our own is a part of what is built; others are pinned. */
const ownSources = async ({ package: path }: GoRecipe, { folder }: Pins): Promise<readonly string[]> => {
  if (!path.startsWith('./')) return []
  const names = (await readdir(join(folder, path))).toSorted()
  return Promise.all(names.map((name) => readFile(join(folder, path, name), 'utf8')))
}

const keyOf = async (recipe: GoRecipe, arch: string, compiler: string): Promise<string> => {
  const pins = pinsOf(recipe.module, recipe.version)
  const texts = await Promise.all([pins.mod, pins.sum].map((file) => readFile(file, 'utf8')))
  const how = JSON.stringify([...buildArguments(recipe, arch, pins), recipe.package])
  const parts = [...texts, ...(await ownSources(recipe, pins)), how, arch, compiler]
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24)
}

export const buildGo = async (
  recipe: GoRecipe,
  arch: string,
  compiler: string,
  say: Say,
): Promise<string> => {
  const name = `${recipe.component}-${await keyOf(recipe, arch, compiler)}`
  const folder = join(cacheDirectory(), 'components', name)
  const built = join(folder, recipe.component)
  if (existsSync(built)) return built
  await mkdir(folder, { recursive: true })
  const pins = pinsOf(recipe.module, recipe.version)
  const unfinished = join(folder, `.${randomUUID()}`)
  const go = async (...args: readonly string[]): Promise<string> =>
    runTool('go', [...args, recipe.package], {
      cwd: pins.folder,
      env: await goEnvironment(recipe, arch, say),
      hint: `the recipe of ${recipe.component} is in src/bundle/sources/go-recipes.ts, its versions in ${pins.mod}`,
    })
  try {
    const began = await compiling(async () => {
      const now = Date.now()
      await go('list', '-export', '-deps', ...pins.arguments, ...compilerFlags(recipe.tags))
      return now
    })
    await go(...buildArguments(recipe, arch, pins), '-o', unfinished)
    await rename(unfinished, built)
    const seconds = Math.round((Date.now() - began) / 1000)
    say(`built ${recipe.component} ${recipe.version} for ${arch} in ${seconds} s`)
  } finally {
    await rm(unfinished, { force: true })
  }
  return built
}
