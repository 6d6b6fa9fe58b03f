/**
 * Executables that are on this machine already, as they are or in the archives in which upstream publishes them. Takes a folder and what
 * is wanted; gives a file a component, or the names that were looked for.
 */
import { existsSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { exitCodes, UserError } from '../../errors.ts'
import { hashFile } from '../blobs.ts'
import type { BinaryRow } from '../contents.ts'
import { checksumIn } from '../http/checksums.ts'
import { refuseOtherArch } from './elf-arch.ts'
import { fileName, type ReleaseFile, releaseFile, releaseFilesOf } from './release-files.ts'
import { keepFile, releasePath } from './release-store.ts'
import type { Wanted } from './types.ts'
import { unpackRelease } from './unpack-release.ts'

export type Missing = { readonly what: string; readonly names: readonly string[] }

export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'missing'; readonly missing: Missing }

type Candidate = { readonly file: string; readonly isArchive: boolean }

/** As it is called on a host, or as upstream calls what it publishes. */
const candidatesFor = ({ component, path }: BinaryRow, { url, member }: ReleaseFile, arch: string) => {
  const published = fileName(url)
  const itself = [component, basename(path), ...(member === undefined ? [published] : [])]
  // containerd's other edition does as well for who has it.
  const archives =
    member === undefined ? [] : [published, published.replace('containerd-static-', 'containerd-')]
  const candidate =
    (isArchive: boolean) =>
    (file: string): Candidate => ({ file, isArchive })
  return [
    ...[...new Set(itself)].flatMap((name) => [join(arch, name), name]).map(candidate(false)),
    ...[...new Set(archives)].map(candidate(true)),
  ]
}

/** Archives that executables are looked for in: no images are in there. */
export const releaseArchives = (wanted: Wanted): ReadonlySet<string> =>
  new Set(
    wanted.binaries.flatMap((row) =>
      candidatesFor(row, releaseFile(row.component, wanted.versions, wanted.arch), wanted.arch)
        .filter(({ isArchive }) => isArchive)
        .map(({ file }) => file),
    ),
  )

/** Where the published checksum lies beside a file, it has to be of that file. */
const refuseWrongChecksum = async (file: string, digest: string): Promise<void> => {
  const sums = ['sha256', 'sha256sum'].map((ending) => `${file}.${ending}`).find((path) => existsSync(path))
  const published = sums === undefined ? undefined : checksumIn(await readFile(sums, 'utf8'), basename(file))
  if (published === undefined || digest === `sha256:${published}`) return
  throw new UserError(`${file} is not what was published: it has ${digest} instead of sha256:${published}`, {
    hint: `fetch it again, or remove ${sums} if that is of another version`,
    exitCode: exitCodes.failed,
  })
}

/** A folder may well be called `ctr`. */
const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false

const take = async (file: string, { component }: ReleaseFile): Promise<string> => {
  await refuseWrongChecksum(file, (await hashFile(file)).digest)
  return keepFile(file, component)
}

const takeOut = async (
  archive: string,
  { component, url }: ReleaseFile,
  wanted: Wanted,
): Promise<string | undefined> => {
  const { digest } = await hashFile(archive)
  await refuseWrongChecksum(archive, digest)
  const beside = releaseFilesOf(wanted).filter((other) => other.url.href === url.href)
  await unpackRelease(archive, digest, beside)
  const path = releasePath(digest, component)
  return existsSync(path) ? path : undefined
}

export const findExecutable = async (
  folder: string,
  row: BinaryRow,
  wanted: Wanted,
): Promise<Found<string>> => {
  const published = releaseFile(row.component, wanted.versions, wanted.arch)
  const candidates = candidatesFor(row, published, wanted.arch)
  for (const { file: name, isArchive } of candidates) {
    const file = join(folder, name)
    if (!isFile(file)) continue
    const value = isArchive ? await takeOut(file, published, wanted) : await take(file, published)
    if (value === undefined) continue
    await refuseOtherArch(value, wanted.arch, file)
    return { kind: 'found', value }
  }
  const names = candidates.map(({ file, isArchive }) =>
    isArchive ? `${file} with ${published.member} in it` : file,
  )
  return { kind: 'missing', missing: { what: `${row.component} ${row.version}`, names } }
}
