/** Manifests and indexes into a registry. Takes a repository, the text and maybe a tag; without one it goes by its digest. */
import { Readable } from 'node:stream'
import { exitCodes, UserError } from '../../errors.ts'
import { refused } from '../http/failures.ts'
import { discard } from '../http/request.ts'
import { sha256 } from '../oci.ts'
import { nameOf, pathOf, pushing } from './paths.ts'
import type { RegistrySession } from './session.ts'

export type DocumentPlace = {
  readonly session: RegistrySession
  readonly repository: string
  readonly mediaType: string
  readonly digest: string
  readonly tag?: string
}

const locate = ({ session, repository, digest, tag }: DocumentPlace) => {
  const reference = tag ?? digest
  const url = pathOf(session, repository, `manifests/${reference}`)
  return { url, name: nameOf(session, repository, reference) }
}

/** Whether just this is there already. What a manifest names is there when it is: registries see to that. */
export const hasDocument = async (place: DocumentPlace): Promise<boolean> => {
  const { session, repository, tag, mediaType, digest } = place
  const { url, name } = locate(place)
  const headers = { accept: mediaType }
  const response = await session.send(pushing(repository), { method: 'HEAD', url, headers })
  if (response.status !== 200 && response.status !== 404)
    throw await refused(`cannot look for ${name}`, response)
  discard(response)
  if (response.status === 404) return false
  return tag === undefined || response.headers['docker-content-digest'] === digest
}

const putDocument = async (place: DocumentPlace, text: string): Promise<void> => {
  const { session, repository, mediaType, digest } = place
  const { url, name } = locate(place)
  const bytes = Buffer.from(text)
  const response = await session.send(pushing(repository), {
    method: 'PUT',
    url,
    headers: { 'content-type': mediaType },
    body: { size: bytes.length, open: () => Readable.from([bytes]) },
  })
  if (response.status !== 201) throw await refused(`cannot push ${name}`, response)
  discard(response)
  const stored = response.headers['docker-content-digest']
  if (stored === undefined || stored === digest) return
  throw new UserError(`${name} became something else on the way: it has ${String(stored)} there`, {
    hint: 'a registry that rewrites what it stores cannot keep a signed bundle: push to another one',
    exitCode: exitCodes.failed,
  })
}

export type DocumentToPush = Omit<DocumentPlace, 'digest'> & { readonly text: string }

export const pushDocument = async ({ text, ...rest }: DocumentToPush): Promise<void> => {
  const place = { ...rest, digest: sha256(text) }
  if (!(await hasDocument(place))) await putDocument(place, text)
}
