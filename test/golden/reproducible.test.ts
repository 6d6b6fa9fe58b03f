/** The go source gives the same bytes wherever it builds: with nothing compiled before, in another folder. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { versionsOf } from '../../src/bundle/catalog.ts'
import { makeLayer } from '../../src/bundle/layers.ts'
import { buildGo, goCaches, goVersion } from '../../src/bundle/sources/go.ts'
import { goRecipes } from '../../src/bundle/sources/go-recipes.ts'
import { scratchDirectory } from '../support/scratch.ts'

afterEach(() => vi.unstubAllEnvs())

/** A small one: what makes builds differ (paths, times, ids, the order of files) is the same for all. */
const build = async (): Promise<string> => {
  const recipe = goRecipes(versionsOf('1.37.1')).find(({ component }) => component === 'loopback')
  if (!recipe) throw new Error('no recipe builds loopback')
  return buildGo(recipe, 'amd64', await goVersion(), () => undefined)
}

const layer = async (file: string): Promise<string> => {
  const row = { kind: 'files', files: { loopback: '/opt/cni/bin/loopback' } } as const
  const { blob } = await makeLayer(row, { arch: 'amd64', fileOf: () => file, networkTools: '' })
  return blob.digest
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

test('an executable, and the layer that it is in', async () => {
  const first = await build()
  const firstLayer = await layer(first)
  const { GOMODCACHE } = goCaches()
  vi.stubEnv('XDG_CACHE_HOME', scratchDirectory('another-cache'))
  mkdirSync(join(goCaches().GOMODCACHE, '..'), { recursive: true })
  // Modules are checked against go.sum by the go command; fetching them again would show nothing more.
  symlinkSync(GOMODCACHE, goCaches().GOMODCACHE)
  const second = await build()
  expect(second).not.toBe(first)
  expect(sha256(second)).toBe(sha256(first))
  expect(await layer(second)).toBe(firstLayer)
})
