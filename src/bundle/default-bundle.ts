/** Where the bundle of a release is when nobody says otherwise, in the cache. Takes what it holds; gives the path of its file. */
import { join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { type BundleAddon, bundleAddons, type Edition } from './contents.ts'

export const defaultEdition: Edition = 'single'

export const defaultBundle = (
  kubernetes: string,
  arches: readonly string[],
  edition: Edition = defaultEdition,
  addons: readonly BundleAddon[] = bundleAddons,
): string => {
  const without = bundleAddons.filter((addon) => !addons.includes(addon)).map((addon) => `without-${addon}`)
  const words = [
    'slipway',
    kubernetes,
    ...arches,
    ...(edition === defaultEdition ? [] : [edition]),
    ...without,
  ]
  return join(cacheDirectory(), 'bundles', `${words.join('-')}.bundle`)
}
