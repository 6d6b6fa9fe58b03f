/** The go source: every component built from its Go module, images put together from what was built. */
import { eachOf } from '../each-of.ts'
import type { Components } from '../layers.ts'
import { type Entry, makeBinary, makeImage } from '../make.ts'
import { buildGo, goVersion } from './go.ts'
import { type GoRecipe, goRecipes } from './go-recipes.ts'
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

/** One compiles, on all cores; what the linker leaves of them while it works on one, another has. */
const buildsAtOnce = 2

type FileOf = (component: string) => Promise<string>

/** Begins to build; gives where each will be, and waits for no more than is asked for. One that fails ends the wait for all. */
const beginAll = (recipes: readonly GoRecipe[], buildOne: (recipe: GoRecipe) => Promise<string>): FileOf => {
  const files = new Map(recipes.map(({ component }) => [component, Promise.withResolvers<string>()]))
  const all = eachOf(recipes, buildsAtOnce, async (recipe) =>
    files.get(recipe.component)?.resolve(await buildOne(recipe)),
  )
  // Whoever waits for a file is told; until somebody does, it is no accident that nobody listens.
  all.catch(() => undefined)
  return (component) => {
    const file = files.get(component)
    if (!file) throw new Error(`no recipe builds ${component}`)
    return Promise.race([file.promise, all.then(() => file.promise)])
  }
}

const begin = async (wanted: Wanted): Promise<Components> => {
  const { versions, arch, say } = wanted
  const components = componentsOf(wanted)
  const compiler = await goVersion()
  const tools = await networkTools(arch, say)
  const recipes = goRecipes(versions).filter(({ component }) => components.has(component))
  const built = beginAll(recipes, (recipe) => buildGo(recipe, arch, compiler, say))
  const fileOf: FileOf = (component) =>
    component === 'pause' ? buildPause(versions, arch, say) : built(component)
  return { arch, fileOf, networkTools: tools }
}

/** Packs in the order of the rows what has been built, while the rest is building. */
export const goSource: BundleSource = async (wanted) => {
  const components = await begin(wanted)
  const entries: Entry[] = []
  for (const row of wanted.binaries) entries.push(await makeBinary(row, components))
  for (const row of wanted.images) entries.push(await makeImage(row, components))
  return entries
}
