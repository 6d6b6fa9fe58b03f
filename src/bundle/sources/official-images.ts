/** Images from upstream's registries, bit for bit. Takes rows of images; gives their manifests and blobs, by digest. */
import type { ImageRow } from '../contents.ts'
import { imageNotes } from '../image-notes.ts'
import type { Entry } from '../make.ts'
import { findDocument } from '../registry/documents.ts'
import { pullImage } from '../registry/pull-image.ts'
import { type ImageName, parseImageName } from '../registry/reference.ts'
import type { Say } from '../say.ts'
import { mirrorOf } from './mirrors.ts'
import type { Question } from './official-published.ts'
import type { Reach, Way } from './official-way.ts'

/** `https://registry.k8s.io/coredns/coredns`: a place like that of a file, so that mirrors are the same for both. */
const placeOf = ({ registry, repository }: ImageName): URL => new URL(`https://${registry}/${repository}`)

const inRegistry = ({ registry }: Reach, at: URL) => ({
  session: registry(new URL(at.origin)),
  repository: at.pathname.slice(1),
})

export const imageQuestion = (row: ImageRow): Question => {
  const name = parseImageName(row.name)
  return {
    what: row.name,
    at: placeOf(name),
    ask: async (reach, at) => {
      const { session, repository } = inRegistry(reach, at)
      return (await findDocument(session, repository, name.tag))?.descriptor.digest
    },
  }
}

export const fetchImage = async (
  way: Way,
  row: ImageRow,
  { digest, arch, say }: { readonly digest: string; readonly arch: string; readonly say: Say },
): Promise<Entry> => {
  const at = placeOf(parseImageName(row.name))
  const place = inRegistry(way.patient, mirrorOf(at, way.mirrors) ?? at)
  const { manifest, blobs } = await pullImage({ ...place, reference: digest, arch, say })
  return { manifest: { ...manifest, annotations: imageNotes(row) }, blobs }
}
