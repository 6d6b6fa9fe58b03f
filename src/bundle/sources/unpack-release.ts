/** Executables out of an archive that upstream publishes. Takes the archive, its digest and what is wanted of it; places a file a component. */
import { existsSync } from 'node:fs'
import type { ReleaseFile } from './release-files.ts'
import { placeFile, releasePath } from './release-store.ts'
import { contentOf, withArchive } from './tar-archive.ts'

/** All at once: finding one takes unpacking them all. What the archive does not have is not there afterwards. */
export const unpackRelease = async (
  file: string,
  digest: string,
  wanted: readonly ReleaseFile[],
): Promise<void> => {
  const all = wanted.map(({ component, member = '' }) => ({ member, path: releasePath(digest, component) }))
  const missing = all.filter(({ path }) => !existsSync(path))
  if (missing.length === 0) return
  await withArchive(file, async (archive) => {
    for (const { member, path } of missing.filter((each) => archive.has(each.member)))
      await placeFile(path, () => contentOf(archive, member))
  })
}
