/**
 * Executables that are on this machine already, as they are or in the archives in which upstream publishes them. Takes a folder and what
 * is wanted; gives a file a component, or the names that were looked for.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { exitCodes, UserError } from '../../errors.ts'
import { hashFile } from '../blobs.ts'
import type { BinaryRow } from '../contents.ts'
import { checksumIn } from '../http/checksums.ts'
import { refuseOtherArch } from './elf-arch.ts'
import { fileName, releaseFile } from './release-files.ts'
import { keepFile, placeFile, releasePath } from './release-store.ts'
import { withArchive } from './tar-archive.ts'
import type { Wanted } from './types.ts'

export type Missing = { readonly what: string; readonly names: readonly string[] }

export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'missing'; readonly missing: Missing }

type Candidate = { readonly file: string; readonly member?: string | undefined }

/** As it is called on a host, or as upstream calls what it publishes. */
const candidates = ({ component, path }: BinaryRow, { versions, arch }: Wanted): readonly Candidate[] => {
  const { url, member } = releaseFile(component, versions, arch)
  const plain = [...new Set([component, basename(path)])]
  const archive = { file: fileName(url), member }
  // containerd's other edition does as well for who has it.
  const other = { file: archive.file.replace('containerd-static-', 'containerd-'), member }
  const all = [...plain.flatMap((name) => [{ file: join(arch, name) }, { file: name }]), archive, other]
  return [...new Map(all.map((each) => [each.file, each])).values()]
}

/** Names of all archives that executables are looked for in: images are not. */
export const releaseArchives = (wanted: Wanted): ReadonlySet<string> =>
  new Set(
    wanted.binaries.flatMap((row) =>
      candidates(row, wanted).flatMap(({ file, member }) => (member === undefined ? [] : [file])),
    ),
  )

/** Where the published checksum lies beside a file, it has to be of that file. */
const refuseWrongChecksum = async (file: string, digest: string): Promise<void> => {
  const [sums] = ['sha256', 'sha256sum'].map((ending) => `${file}.${ending}`).filter(existsSync)
  const published = sums === undefined ? undefined : checksumIn(await readFile(sums, 'utf8'), basename(file))
  if (published === undefined || digest === `sha256:${published}`) return
  throw new UserError(`${file} is not what was published: it has ${digest} instead of sha256:${published}`, {
    hint: `fetch it again, or remove ${sums} if that is of another version`,
    exitCode: exitCodes.failed,
  })
}

const unpack = (archive: string, member: string, target: string): Promise<string | undefined> =>
  withArchive(archive, dirname(archive), async ({ read }) => {
    const content = read(member)
    return content && placeFile(target, () => content)
  })

const take = async (folder: string, component: string, candidate: Candidate): Promise<string | undefined> => {
  const file = join(folder, candidate.file)
  const { digest } = await hashFile(file)
  await refuseWrongChecksum(file, digest)
  return candidate.member === undefined
    ? keepFile(file, component)
    : unpack(file, candidate.member, releasePath(digest, component))
}

export const findExecutable = async (
  folder: string,
  row: BinaryRow,
  wanted: Wanted,
): Promise<Found<string>> => {
  const all = candidates(row, wanted)
  for (const candidate of all.filter(({ file }) => existsSync(join(folder, file)))) {
    const value = await take(folder, row.component, candidate)
    if (value === undefined) continue
    await refuseOtherArch(value, wanted.arch, join(folder, candidate.file))
    return { kind: 'found', value }
  }
  const names = all.map(({ file, member }) => (member === undefined ? file : `${file} with ${member} in it`))
  return { kind: 'missing', missing: { what: `${row.component} ${row.version}`, names } }
}
