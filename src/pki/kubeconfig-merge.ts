/** Brings a cluster into the user's own kubeconfig. Takes both texts; gives one in which everything of others is as it was. */
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml'
import { UserError } from '../errors.ts'
import { writePrivately } from './atomic-write.ts'

const lists = ['clusters', 'contexts', 'users'] as const

const nameOf = (item: unknown): unknown => (isMap(item) ? item.get('name') : undefined)

/** No text, a comment, or `---` and then nothing. */
const isEmpty = ({ contents }: Document): boolean =>
  contents === null || (isScalar(contents) && contents.value === null)

const readDocument = (text: string): Document => {
  const document = parseDocument(text)
  const [problem] = document.errors
  if (!problem && (isEmpty(document) || isMap(document.contents))) return document
  throw new UserError(`the kubeconfig to merge into is not one${problem ? `: ${problem.message}` : ''}`, {
    hint: 'repair it or move it away',
  })
}

/** Entries of the same name are replaced where they stand, others are added behind. Comments stay. */
const mergeList = (into: Document, ours: Document, list: (typeof lists)[number]): void => {
  const added = ours.get(list)
  const present = into.get(list)
  if (!isSeq(added)) return
  if (!isSeq(present)) {
    into.set(list, added)
    return
  }
  for (const item of added.items) {
    const at = present.items.findIndex((each) => nameOf(each) === nameOf(item))
    if (at < 0) present.items.push(item)
    else present.items[at] = item
  }
}

/** The current context becomes ours only where there is none: what kubectl talks to must not change behind the user's back. */
export const mergeKubeconfig = (existingText: string, oursText: string): string => {
  const ours = readDocument(oursText)
  const into = readDocument(existingText)
  if (isEmpty(into)) return oursText
  for (const list of lists) mergeList(into, ours, list)
  if (!into.get('current-context')) into.set('current-context', ours.get('current-context'))
  return into.toString({ lineWidth: 0, indentSeq: false })
}

const readIfThere = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Mode 0600, whole or not at all; what was there before stays beside it, as `<path>.slipway-backup`. */
export const writeKubeconfig = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const before = await readIfThere(path)
  if (before === text) return
  if (before !== undefined) await writePrivately(`${path}.slipway-backup`, before)
  await writePrivately(path, text)
}
