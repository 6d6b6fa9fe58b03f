/**
 * The official source: bit for bit what upstream publishes, from its own servers or from mirrors of them. Takes a way to them; gives
 * a source. What everything has to be is asked for first; then it is fetched, and refused if it is anything else.
 */
import type { Entry } from '../make.ts'
import { refuseStrayMirrors } from './mirrors.ts'
import { fetchExecutables, fileQuestion } from './official-files.ts'
import { fetchImage, imageQuestion } from './official-images.ts'
import { askPublished, type Published, type Question } from './official-published.ts'
import type { Way } from './official-way.ts'
import { packExecutables } from './pack-executables.ts'
import { releaseFilesOf } from './release-files.ts'
import type { BundleSource, Wanted } from './types.ts'

/** One for each archive, however many components are in it. */
export const questionsOf = ({ mirrors }: Way, wanted: Wanted): readonly Question[] => {
  const all = [...releaseFilesOf(wanted).map(fileQuestion), ...wanted.images.map(imageQuestion)]
  refuseStrayMirrors(mirrors, [...new Set(all.map(({ at }) => at.host))])
  return [...new Map(all.map((question) => [question.what, question])).values()]
}

const digestsOf = (published: readonly Published[]) => {
  const digests = new Map(published.map(({ what, digest }) => [what, digest]))
  return (what: string): string => {
    const digest = digests.get(what)
    if (digest !== undefined) return digest
    throw new Error(`nobody asked what ${what} has to be`)
  }
}

export const officialSource =
  (way: Way): BundleSource =>
  async (wanted) => {
    const { arch, say } = wanted
    const digestOf = digestsOf(await askPublished(way, questionsOf(way, wanted), say))
    const files = await fetchExecutables(way, releaseFilesOf(wanted), { digestOf, say })
    const images: Entry[] = []
    for (const row of wanted.images)
      images.push(await fetchImage(way, row, { digest: digestOf(row.name), arch, say }))
    return [...(await packExecutables(wanted, files)), ...images]
  }
