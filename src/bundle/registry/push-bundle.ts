/**
 * A bundle into a registry (how it is kept there: artifact.ts). Takes an open bundle and where to; gives what it is called there and
 * how much travelled. Tags come last: until everything that they stand for is there, nobody finds any of it.
 */
import { Readable } from 'node:stream'
import { type Descriptor, emptyBlob, mediaTypes, sha256 } from '../oci.ts'
import type { Bundle } from '../open.ts'
import type { Say } from '../say.ts'
import { bundleRepository, bundleTag, signatureManifest, signatureTag } from './artifact.ts'
import { nameOf } from './paths.ts'
import { pushBlob } from './push-blob.ts'
import { hasDocument, pushDocument } from './push-document.ts'
import { pushEntries } from './push-entries.ts'
import { pushImages } from './push-images.ts'
import { below, type RegistryPlace } from './reference.ts'
import type { RegistrySession } from './session.ts'

export type BundleToPush = {
  readonly bundle: Bundle
  readonly session: RegistrySession
  readonly place: RegistryPlace
  readonly say: Say
}

export type Pushed = {
  /** `registry.example.org/k8s/slipway-bundle@sha256:…` */
  readonly name: string
  readonly tags: readonly string[]
  /** What travelled. */
  readonly sent: readonly Descriptor[]
}

const pushText = async (
  { bundle, session }: BundleToPush,
  repository: string,
  content: string,
): Promise<void> => {
  const bytes = Buffer.from(content)
  const open = () => Readable.from([bytes])
  await pushBlob({
    session,
    repository,
    digest: sha256(bytes),
    size: bytes.length,
    from: bundle.file,
    open,
  })
}

const pushSignature = async (pushing: BundleToPush, repository: string, tag: string): Promise<void> => {
  const { bundle, session } = pushing
  const { signature } = bundle.signed
  const document = JSON.stringify(signatureManifest(signature))
  const place = { session, repository, tag, mediaType: mediaTypes.manifest }
  if (await hasDocument({ ...place, digest: sha256(document) })) return
  for (const each of [emptyBlob, signature]) await pushText(pushing, repository, each)
  await pushDocument({ ...place, text: document })
}

export const pushBundle = async (pushing: BundleToPush): Promise<Pushed> => {
  const { bundle, session, place, say } = pushing
  const repository = below(place, bundleRepository)
  const { index: text } = bundle.signed
  const digest = sha256(text)
  const index = { session, repository, mediaType: mediaTypes.index }
  const isThere = await hasDocument({ ...index, digest })
  const first = isThere
    ? []
    : await pushEntries({ bundle, session, repository, entries: bundle.entries, say })
  const sent = [...first, ...(await pushImages(pushing, repository))]
  if (!isThere) await pushDocument({ ...index, text })
  await pushSignature(pushing, repository, signatureTag(digest))
  const tags = bundle.architectures.map((arch) => bundleTag(bundle.kubernetes, arch))
  for (const tag of tags) await pushDocument({ ...index, tag, text })
  return { name: nameOf(session, repository, digest), tags, sent }
}
