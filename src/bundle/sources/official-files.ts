/**
 * Executables from upstream's releases. Takes the rows that are wanted and what was published; gives a file a component: the wanted
 * ones only are taken out of an archive.
 */
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
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
import { placeFile, releasePath } from './release-store.ts'
import { withArchive } from './tar-archive.ts'

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

type Fetching = { readonly digest: string; readonly say: Say }

const fetchFile = async (way: Way, url: URL, { digest, say }: Fetching): Promise<string> => {
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

const unpack = (archive: string, member: string, target: string): Promise<string> =>
  withArchive(archive, dirname(target), async ({ where, read, names }) => {
    const content = read(member)
    if (content) return placeFile(target, () => content)
    throw new UserError(`${where} has no ${member}`, {
      hint: `it has ${names.join(', ')}: this release is laid out in another way than the ones before`,
      exitCode: exitCodes.failed,
    })
  })

/** The executable of a component, as published with that digest. */
export const fetchExecutable = async (way: Way, file: ReleaseFile, fetching: Fetching): Promise<string> => {
  const published = await fetchFile(way, file.url, fetching)
  return file.member === undefined
    ? published
    : unpack(published, file.member, releasePath(fetching.digest, file.component))
}
