/**
 * The images of an archive: an OCI layout (ctr, podman, skopeo, docker from 25 on) or what `docker save` wrote before. Takes an archive and
 * an architecture; gives the images for it, each with its names and a way to have it in the store.
 */
import { buffer } from 'node:stream/consumers'
import type { Entry } from '../make.ts'
import { dockerImages } from './docker-archive.ts'
import { ociImages } from './oci-archive.ts'
import { type Archive, contentOf, damaged } from './tar-archive.ts'

export type ArchivedImage = {
  readonly names: readonly string[]
  /** Without the annotations of a bundle. */
  readonly store: () => Promise<Entry>
}

const readJson = async (archive: Archive, name: string): Promise<unknown> => {
  try {
    return JSON.parse((await buffer(contentOf(archive, name))).toString())
  } catch {
    throw damaged(archive, `${name} is not JSON`)
  }
}

/** Newer dockers write both; of an old reader's file the names may be the only ones. */
export const imagesIn = async (archive: Archive, arch: string): Promise<readonly ArchivedImage[]> => {
  const oci = archive.names.includes('index.json')
    ? await ociImages(archive, await readJson(archive, 'index.json'), arch)
    : []
  const isNamed = oci.some(({ names }) => names.length > 0)
  if (isNamed || !archive.names.includes('manifest.json')) return oci
  return dockerImages(archive, await readJson(archive, 'manifest.json'), arch)
}
