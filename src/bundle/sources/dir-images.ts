/**
 * Images that are on this machine already: archives of docker and of the OCI, and layouts of the OCI in folders. Takes a folder and what is
 * wanted; gives an entry an image that was found, its blobs in the store.
 */
import { createReadStream, existsSync, statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { imageNotes } from '../image-notes.ts'
import type { Entry } from '../make.ts'
import { imagesIn } from './archived-images.ts'
import { type Archive, withArchive } from './tar-archive.ts'
import type { Wanted } from './types.ts'

type Entries = Map<string, Entry>

/** An unpacked layout. Whatever its documents say, only names that a layout has are looked at. */
const folderArchive = (folder: string): Archive => {
  const has = (name: string): boolean =>
    /^(index\.json|blobs\/sha256\/[0-9a-f]{64})$/.test(name) && existsSync(join(folder, name))
  return {
    where: folder,
    names: ['oci-layout', 'index.json'],
    has,
    read: (name) => (has(name) ? createReadStream(join(folder, name)) : undefined),
  }
}

const takeFrom = async (archive: Archive, { images, arch }: Wanted, entries: Entries): Promise<void> => {
  for (const found of await imagesIn(archive, arch)) {
    const row = images.find(({ name }) => found.names.includes(name))
    if (!row || entries.has(row.name)) continue
    const { manifest, blobs } = await found.store()
    entries.set(row.name, { manifest: { ...manifest, annotations: imageNotes(row) }, blobs })
  }
}

const isArchive = (name: string): boolean => /\.(tar|tar\.gz|tgz|tar\.zst|oci|bundle)$/.test(name)

/** Links count as what they lead to: archives may lie anywhere else. */
const takeFromPath = async (path: string, wanted: Wanted, entries: Entries): Promise<void> => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() && existsSync(join(path, 'oci-layout')))
    await takeFrom(folderArchive(path), wanted, entries)
  else if (found?.isFile() && isArchive(path))
    await withArchive(path, (archive) => takeFrom(archive, wanted, entries))
}

export const findImages = async (
  folder: string,
  wanted: Wanted,
  others: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Entry>> => {
  const entries: Entries = new Map()
  const places = [folder, join(folder, wanted.arch)].filter((place) => existsSync(place))
  for (const place of places) {
    const names = (await readdir(place)).filter((name) => !others.has(name))
    for (const path of [place, ...names.map((name) => join(place, name))])
      await takeFromPath(path, wanted, entries)
  }
  return entries
}
