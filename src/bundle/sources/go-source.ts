/** The go source: every component built from its Go module, images put together from what was built. */
import type { Components } from '../layers.ts'
import { type Entry, makeBinary, makeImage } from '../make.ts'
import { buildGo, goVersion } from './go.ts'
import { goRecipes } from './go-recipes.ts'
import { networkTools } from './network-tools.ts'
import { buildPause } from './pause.ts'
import type { BundleSource, Wanted } from './types.ts'

const componentsOf = ({ binaries, images }: Wanted): ReadonlySet<string> =>
  new Set([
    ...binaries.map(({ component, executable }) => executable ?? component),
    ...images.flatMap(({ layers }) =>
      layers.flatMap((layer) => (layer.kind === 'files' ? Object.keys(layer.files) : [])),
    ),
  ])

/** One after the other: a Go build uses all cores by itself. */
const build = async (wanted: Wanted): Promise<Components> => {
  const { versions, arch, say } = wanted
  const compiler = await goVersion()
  const components = componentsOf(wanted)
  const built = new Map<string, string>()
  for (const recipe of goRecipes(versions))
    if (components.has(recipe.component))
      built.set(recipe.component, await buildGo(recipe, arch, compiler, say))
  built.set('pause', await buildPause(versions, arch, say))
  const fileOf = (component: string): string => {
    const file = built.get(component)
    if (file) return file
    throw new Error(`no recipe builds ${component}`)
  }
  return { arch, fileOf, networkTools: await networkTools(arch, say) }
}

export const goSource: BundleSource = async (wanted) => {
  const components = await build(wanted)
  const entries: Entry[] = []
  for (const row of wanted.binaries) entries.push(await makeBinary(row, components))
  for (const row of wanted.images) entries.push(await makeImage(row, components))
  return entries
}
