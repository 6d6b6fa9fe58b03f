/**
 * Builds components from Go modules. Takes a recipe; gives the path of the executable. Cached by content: the key is made of the
 * pinned modules, the recipe, the architecture and the compiler, so what was built once is not built again.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDirectory } from '../../constants.ts'
import type { Versions } from '../catalog.ts'
import { runTool } from '../run-tool.ts'
import type { Say } from '../say.ts'
import type { GoRecipe } from './go-recipes.ts'

const modulesFolder = fileURLToPath(new URL('../../../bundle/go/', import.meta.url))

const goEnvironment = (recipe: GoRecipe, arch: string): NodeJS.ProcessEnv => ({
  ...process.env,
  GOMODCACHE: join(cacheDirectory(), 'go', 'mod'),
  GOCACHE: join(cacheDirectory(), 'go', 'build'),
  GOFLAGS: '-buildvcs=false -mod=readonly',
  GOWORK: 'off',
  GOOS: 'linux',
  GOARCH: arch,
  CGO_ENABLED: recipe.cgo ? '1' : '0',
})

const buildArguments = (recipe: GoRecipe, output: string): readonly string[] => {
  const linking = [
    '-s',
    '-w',
    '-buildid=',
    ...(recipe.ldflags ? [recipe.ldflags] : []),
    ...(recipe.cgo ? ['-extldflags -static'] : []),
  ]
  return [
    'build',
    '-trimpath',
    ...(recipe.tags ? ['-tags', recipe.tags] : []),
    '-ldflags',
    linking.join(' '),
    '-o',
    output,
    recipe.package,
  ]
}

export const goVersion = async (): Promise<string> =>
  (
    await runTool('go', ['version'], {
      hint: 'install Go 1.26 or newer: the go source builds every component with it',
    })
  ).trim()

const keyOf = async (recipe: GoRecipe, arch: string, compiler: string): Promise<string> => {
  const folder = join(modulesFolder, recipe.module)
  const pins = await Promise.all(['go.mod', 'go.sum'].map((file) => readFile(join(folder, file), 'utf8')))
  const parts = [...pins, JSON.stringify(buildArguments(recipe, '')), arch, compiler]
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 24)
}

export const buildGo = async (
  recipe: GoRecipe,
  arch: string,
  compiler: string,
  say: Say,
): Promise<string> => {
  const folder = join(
    cacheDirectory(),
    'components',
    `${recipe.component}-${await keyOf(recipe, arch, compiler)}`,
  )
  const built = join(folder, recipe.component)
  if (existsSync(built)) return built
  await mkdir(folder, { recursive: true })
  const started = Date.now()
  const unfinished = join(folder, `.${process.pid}`)
  await runTool('go', buildArguments(recipe, unfinished), {
    cwd: join(modulesFolder, recipe.module),
    env: goEnvironment(recipe, arch),
    hint: `the recipe of ${recipe.component} is in src/bundle/sources/go-recipes.ts, its versions in bundle/go/${recipe.module}/go.mod`,
  })
  await rename(unfinished, built)
  await rm(unfinished, { force: true })
  say(`built ${recipe.component} in ${Math.round((Date.now() - started) / 1000)} s`)
  return built
}

/** pause is C: one file of the Kubernetes module. */
export const buildPause = async (versions: Versions, arch: string, say: Say): Promise<string> => {
  const folder = join(
    cacheDirectory(),
    'components',
    `pause-${versions.kubernetes}-${versions.pause}-${arch}`,
  )
  const built = join(folder, 'pause')
  if (existsSync(built)) return built
  await mkdir(folder, { recursive: true })
  const source = join(
    cacheDirectory(),
    'go',
    'mod',
    'k8s.io',
    `kubernetes@v${versions.kubernetes}`,
    'build/pause/linux/pause.c',
  )
  const compiler = arch === 'arm64' && process.arch !== 'arm64' ? 'aarch64-linux-gnu-gcc' : 'gcc'
  const unfinished = join(folder, `.${process.pid}`)
  await runTool(compiler, ['-Os', '-static', `-DVERSION=v${versions.pause}`, '-o', unfinished, source], {
    hint: 'apt-get install gcc libc6-dev',
  })
  await rename(unfinished, built)
  say('built pause')
  return built
}
