/**
 * The dir source: files and archives of images that are on this machine already. Takes a folder; gives a source. Whatever is missing is
 * said at once, with the names that were looked for.
 */
import { stat } from 'node:fs/promises'
import { exitCodes, UserError } from '../../errors.ts'
import type { Entry } from '../make.ts'
import { findExecutable, type Missing, releaseArchives } from './dir-files.ts'
import { findImages } from './dir-images.ts'
import { packExecutables } from './pack-executables.ts'
import type { BundleSource } from './types.ts'

const incomplete = (folder: string, arch: string, missing: readonly Missing[]): UserError => {
  const lines = missing.map(({ what, names }) => `  ${what}: ${names.join(', ')}`)
  return new UserError(
    [`${folder} lacks ${missing.length} things of a bundle for ${arch}; looked for:`, ...lines].join('\n'),
    {
      hint: 'executables as upstream publishes them, images as archives of docker save, ctr images export or skopeo copy',
      exitCode: exitCodes.failed,
    },
  )
}

const refuseUnlessFolder = async (folder: string): Promise<void> => {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (isFolder) return
  throw new UserError(`--from: ${folder} is not a folder`, {
    hint: 'it is the one with the executables and the archives of images in it',
  })
}

export const dirSource =
  (folder: string): BundleSource =>
  async (wanted) => {
    await refuseUnlessFolder(folder)
    const missing: Missing[] = []
    const files = new Map<string, string>()
    for (const row of wanted.binaries) {
      const found = await findExecutable(folder, row, wanted)
      if (found.kind === 'missing') missing.push(found.missing)
      else files.set(row.component, found.value)
    }
    const images = await findImages(folder, wanted, releaseArchives(wanted))
    const entries: Entry[] = []
    for (const { name } of wanted.images) {
      const entry = images.get(name)
      if (entry) entries.push(entry)
      else missing.push({ what: name, names: ['an archive or a layout with an image of that name in it'] })
    }
    if (missing.length > 0) throw incomplete(folder, wanted.arch, missing)
    return [...(await packExecutables(wanted, files)), ...entries]
  }
