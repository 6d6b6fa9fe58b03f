/**
 * Executables from upstream's releases. Takes what is wanted and what was published; gives a file a component: of archives the wanted
 * ones alone.
 */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { exitCodes, UserError } from '../../errors.ts'
import { checksumIn } from '../http/checksums.ts'
import { download } from '../http/download.ts'
import { refused } from '../http/failures.ts'
import { readBody } from '../http/request.ts'
import type { Say } from '../say.ts'
import { mirrorOf } from './mirrors.ts'
import type { Question } from './official-published.ts'
import type { Reach, Way } from './official-way.ts'
import { fileName, type ReleaseFile } from './release-files.ts'
import { releasePath } from './release-store.ts'
import { unpackRelease } from './unpack-release.ts'

/** A line a file of the release, and a signature around them. */
const longestChecksums = 1 << 20

const askChecksum = async (
  { url }: ReleaseFile,
  { transport }: Reach,
  at: URL,
): Promise<string | undefined> => {
  const response = await transport.send({ method: 'GET', url: at })
  if (response.status === 404) {
    response.body.resume()
    return undefined
  }
  if (response.status !== 200) throw await refused(`cannot read ${at.href}`, response)
  const hash = checksumIn((await readBody(response, longestChecksums)).toString(), fileName(url))
  if (hash !== undefined) return `sha256:${hash}`
  throw new UserError(`${at.href} has no SHA-256 of ${fileName(url)}`, {
    hint: 'look at it: something on the way (a login page, a mirror) answers with something else',
    exitCode: exitCodes.failed,
  })
}

export const fileQuestion = (file: ReleaseFile): Question => ({
  what: file.url.href,
  at: file.checksums,
  ask: (reach, at) => askChecksum(file, reach, at),
})

/** What every release file has to be, by its address. */
export type Fetching = { readonly digestOf: (what: string) => string; readonly say: Say }

const fetchFile = async (way: Way, url: URL, { digestOf, say }: Fetching): Promise<string> => {
  const digest = digestOf(url.href)
  const target = releasePath(digest, fileName(url))
  if (existsSync(target)) return target
  const from = mirrorOf(url, way.mirrors) ?? url
  const { transport } = way.patient
  await download({
    what: from.href,
    digest,
    target,
    patience: transport.patience,
    get: (headers) => transport.send({ method: 'GET', url: from, headers }),
  })
  say(`fetched ${from.href} (${((await stat(target)).size / 1e6).toFixed(1)} MB)`)
  return target
}

const otherLayout = (url: URL, member: string): UserError =>
  new UserError(`${url.href} has no ${member}`, {
    hint: 'this release is laid out in another way than those before: take an earlier one, or --source go',
    exitCode: exitCodes.failed,
  })

/** A file a component, each archive fetched and unpacked once. */
export const fetchExecutables = async (
  way: Way,
  files: readonly ReleaseFile[],
  fetching: Fetching,
): Promise<ReadonlyMap<string, string>> => {
  const executables = new Map<string, string>()
  for (const { url, component, member } of files) {
    const fetched = await fetchFile(way, url, fetching)
    const path = member === undefined ? fetched : releasePath(fetching.digestOf(url.href), component)
    if (member !== undefined)
      await unpackRelease(
        fetched,
        fetching.digestOf(url.href),
        files.filter((other) => other.url.href === url.href),
      )
    if (!existsSync(path)) throw otherLayout(url, member ?? component)
    executables.set(component, path)
  }
  return executables
}
