/**
 * Manifests and indexes. Takes a repository and a tag or a digest; gives the document just as it is, checked against its digest and
 * its shape: digests become names of files.
 */
import { errorMessage, exitCodes, UserError } from '../../errors.ts'
import { parseIndex, parseManifest } from '../documents.ts'
import { refused } from '../http/failures.ts'
import { waitOrThrow } from '../http/patience.ts'
import { discard, type HttpResponse, readBody } from '../http/request.ts'
import { type Descriptor, type Index, type Manifest, mediaTypes, sha256 } from '../oci.ts'
import { nameOf, pathOf, pulling } from './paths.ts'
import type { RegistrySession } from './session.ts'

/** What registries of before the OCI's time hold; their documents have the same shape. */
const dockerTypes = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
} as const

const indexTypes: readonly string[] = [mediaTypes.index, dockerTypes.index]
const manifestTypes: readonly string[] = [mediaTypes.manifest, dockerTypes.manifest]
const accept = [...manifestTypes, ...indexTypes].join(', ')

/** What the distribution-spec asks registries to take at least. */
const longestDocument = 4 << 20

/** `text` is what the digest is of. */
export type Document = { readonly descriptor: Descriptor; readonly text: string } & (
  | { readonly kind: 'index'; readonly index: Index }
  | { readonly kind: 'manifest'; readonly manifest: Manifest }
)

/** undefined: it is neither. */
export const readDocument = (text: string): Document | undefined => {
  const found = parseIndex(text) ?? parseManifest(text)
  if (!found) return undefined
  const descriptor = { mediaType: found.mediaType, digest: sha256(text), size: Buffer.byteLength(text) }
  if ('manifests' in found)
    return indexTypes.includes(found.mediaType)
      ? { kind: 'index', descriptor, text, index: found }
      : undefined
  return manifestTypes.includes(found.mediaType)
    ? { kind: 'manifest', descriptor, text, manifest: found }
    : undefined
}

/** The whole answer, asked for again when the line is cut in the middle. */
const readAnswer = async (
  { transport: { patience } }: RegistrySession,
  what: string,
  ask: () => Promise<HttpResponse>,
): Promise<{ readonly response: HttpResponse; readonly bytes: Buffer }> => {
  for (let attempt = 1; ; attempt += 1) {
    const response = await ask()
    if (response.status !== 200) return { response, bytes: Buffer.alloc(0) }
    try {
      return { response, bytes: await readBody(response, longestDocument) }
    } catch (cause) {
      const failure = new UserError(`cannot read ${what}: ${errorMessage(cause)}`, {
        hint: 'run this again, or look at what is there with skopeo inspect --raw',
        exitCode: exitCodes.failed,
        cause,
      })
      await waitOrThrow(patience, attempt, { failure })
    }
  }
}

const changed = (what: string, digest: string, wanted: string): UserError =>
  new UserError(`${what} is not what was asked for: it has ${digest} instead of ${wanted}`, {
    hint: 'something on the way changes it (a proxy, a mirror): fetch it another way; nothing of it was kept',
    exitCode: exitCodes.failed,
  })

const checked = (what: string, reference: string, { headers }: HttpResponse, bytes: Buffer): Document => {
  const digest = sha256(bytes)
  const promised = headers['docker-content-digest']
  const wanted = reference.startsWith('sha256:') ? reference : promised
  if (typeof wanted === 'string' && wanted.startsWith('sha256:') && wanted !== digest)
    throw changed(what, digest, wanted)
  const document = readDocument(bytes.toString())
  if (document) return document
  throw new UserError(`${what} is neither an image nor an index of images`, {
    hint: 'look at it with skopeo inspect --raw',
    exitCode: exitCodes.failed,
  })
}

/** undefined: the registry has no such thing. */
export const findDocument = async (
  session: RegistrySession,
  repository: string,
  reference: string,
): Promise<Document | undefined> => {
  const url = pathOf(session, repository, `manifests/${reference}`)
  const ask = () => session.send(pulling(repository), { method: 'GET', url, headers: { accept } })
  const what = nameOf(session, repository, reference)
  const { response, bytes } = await readAnswer(session, what, ask)
  if (response.status === 200) return checked(what, reference, response, bytes)
  if (response.status !== 404) throw await refused(`cannot read ${what}`, response)
  discard(response)
  return undefined
}

export const fetchDocument = async (
  session: RegistrySession,
  repository: string,
  reference: string,
): Promise<Document> => {
  const found = await findDocument(session, repository, reference)
  if (found) return found
  throw new UserError(`${nameOf(session, repository, reference)} is not there`, {
    hint: `look at the name and the version, and what ${session.origin.host} holds: skopeo list-tags`,
    exitCode: exitCodes.failed,
  })
}
