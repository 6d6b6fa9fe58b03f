/** The image of a component. Takes the bundle's names; gives one, or says that the bundle lacks it. */
import { UserError } from '../errors.ts'
import type { ClusterInput } from './types.ts'

export const imageOf = ({ images }: Pick<ClusterInput, 'images'>, component: string): string => {
  const image = images[component]
  if (image) return image
  throw new UserError(`the bundle has no image of ${component}`, {
    hint: 'make a whole one with: slipway bundle create',
  })
}
