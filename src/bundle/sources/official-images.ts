/** Images from upstream's registries, bit for bit. Takes rows of images; gives their manifests and blobs, by digest. */
import { exitCodes, UserError } from '../../errors.ts'
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

/** Copies that were made of one architecture alone, or written anew by docker, are something else than what upstream publishes. */
const otherCopy = (at: URL, mirror: URL, reference: string): UserError =>
  new UserError(`${mirror.host}${mirror.pathname} has no ${reference}, which is what ${at.host} publishes`, {
    hint: `copy it whole: skopeo copy --all docker://${at.host}${at.pathname}@${reference} docker://${mirror.host}${mirror.pathname}`,
    exitCode: exitCodes.failed,
  })

export type Fetching = { readonly digest: string; readonly arch: string; readonly say: Say }

export const fetchImage = async (way: Way, row: ImageRow, fetching: Fetching): Promise<Entry> => {
  const { digest: reference, arch, say } = fetching
  const at = placeOf(parseImageName(row.name))
  const mirror = mirrorOf(at, way.mirrors)
  const place = inRegistry(way.patient, mirror ?? at)
  if (mirror && !(await findDocument(place.session, place.repository, reference)))
    throw otherCopy(at, mirror, reference)
  const { manifest, blobs } = await pullImage({ ...place, reference, arch, say })
  return { manifest: { ...manifest, annotations: imageNotes(row) }, blobs }
}
