/** Layers of images. Takes rows of the table of contents and where built components are; gives blobs, zstd, equal for equal files. */
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cacheDirectory } from '../constants.ts'
import { type Packed, storeLayer } from './blobs.ts'
import type { FilesLayer, LayerRow } from './contents.ts'
import { mediaTypes } from './oci.ts'
import { remembered } from './remembered.ts'

/** What a bundle is made from, of one architecture. */
export type Components = {
  readonly arch: string
  /** The built executable of a component, which may still be building. */
  readonly fileOf: (component: string) => string | Promise<string>
  /** The folder of Debian's network tools. */
  readonly networkTools: string
}

export const executable = 0o755

const pack = async (
  files: readonly (readonly [from: string, to: string])[],
  links: readonly (readonly [path: string, target: string])[],
): Promise<Packed> => {
  const folder = await mkdtemp(join(cacheDirectory(), 'components', '.layer-'))
  const placeFor = async (path: string): Promise<string> => {
    const place = join(folder, path)
    await mkdir(dirname(place), { recursive: true, mode: executable })
    return place
  }
  try {
    for (const [from, to] of files) {
      const place = await placeFor(to)
      await copyFile(from, place)
      await chmod(place, executable)
    }
    for (const [path, target] of links) await symlink(target, await placeFor(path))
    await chmod(folder, executable)
    return await storeLayer(mediaTypes.zstdLayer, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const filesLayer = async ({ files, links = {} }: FilesLayer, { fileOf }: Components): Promise<Packed> => {
  const placed = await Promise.all(
    Object.entries(files).map(async ([component, to]) => [await fileOf(component), to] as const),
  )
  const linked = Object.entries(links)
  return remembered(
    ['layer', JSON.stringify([placed, linked])],
    () => pack(placed, linked),
    ({ blob }) => [blob.digest],
  )
}

export const makeLayer = (row: LayerRow, components: Components): Promise<Packed> =>
  row.kind === 'files'
    ? filesLayer(row, components)
    : remembered(
        ['layer', components.networkTools],
        () => storeLayer(mediaTypes.zstdLayer, components.networkTools),
        ({ blob }) => [blob.digest],
      )
