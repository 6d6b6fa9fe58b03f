/**
 * The automatic choice: upstream's own files where all of them can be had, else built from Go modules. Takes a way to upstream and what
 * is wanted; says why upstream will not do, or nothing when it will.
 */
import { errorMessage } from '../../errors.ts'
import { questionsOf } from './official.ts'
import { askPublished } from './official-published.ts'
import type { Way } from './official-way.ts'
import type { Wanted } from './types.ts'

export const whyNotOfficial = async (way: Way, wanted: readonly Wanted[]): Promise<string | undefined> => {
  const impatient: Way = { ...way, patient: way.glance }
  const questions = wanted.flatMap((each) => questionsOf(way, each))
  try {
    await askPublished(impatient, questions, () => undefined)
    return undefined
  } catch (error) {
    return errorMessage(error)
  }
}
