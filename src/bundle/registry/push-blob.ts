/**
 * A blob into a registry. Takes a repository and how to open the blob; says whether it travelled. What the registry has is not sent,
 * what it has in another repository is taken over there, and the rest goes in one piece, as a stream.
 */
import type { Readable } from 'node:stream'
import { exitCodes, UserError } from '../../errors.ts'
import { refused } from '../http/failures.ts'
import { retryAfterMs, waitOrThrow } from '../http/patience.ts'
import { discard, type HttpResponse } from '../http/request.ts'
import { isPassing } from '../http/transport.ts'
import { nameOf, pathOf, pulling, pushing } from './paths.ts'
import type { RegistrySession } from './session.ts'

export type BlobToPush = {
  readonly session: RegistrySession
  readonly repository: string
  readonly digest: string
  readonly size: number
  /** For messages: the file that it is in. */
  readonly from: string
  /** Once for every attempt. */
  readonly open: () => Readable
  /** A repository of the same registry that may have it. */
  readonly alsoIn?: string | undefined
}

const cannotPush = ({ session, repository, digest }: BlobToPush): string =>
  `cannot push ${nameOf(session, repository, digest)}`

const isThere = async (blob: BlobToPush): Promise<boolean> => {
  const { session, repository, digest } = blob
  const url = pathOf(session, repository, `blobs/${digest}`)
  const response = await session.send(pushing(repository), { method: 'HEAD', url })
  if (response.status !== 200 && response.status !== 404) throw await refused(cannotPush(blob), response)
  discard(response)
  return response.status === 200
}

/** Where to send it, or nothing where the registry took it over from its other repository. */
const beginUpload = async (blob: BlobToPush): Promise<URL | undefined> => {
  const { session, repository, digest, alsoIn } = blob
  const url = pathOf(session, repository, 'blobs/uploads/')
  if (alsoIn !== undefined) {
    url.searchParams.set('mount', digest)
    url.searchParams.set('from', alsoIn)
  }
  const scopes = [pushing(repository), ...(alsoIn === undefined ? [] : [pulling(alsoIn)])]
  const response = await session.send(scopes.join(' '), { method: 'POST', url })
  const { location } = response.headers
  if (response.status === 202 && location !== undefined && URL.canParse(location, url.href)) {
    discard(response)
    const target = new URL(location, url)
    target.searchParams.set('digest', digest)
    return target
  }
  if (response.status === 201) {
    discard(response)
    return undefined
  }
  const failure = await refused(cannotPush(blob), response)
  // Some registries refuse to take over instead of offering an upload.
  if (alsoIn === undefined) throw failure
  return beginUpload({ ...blob, alsoIn: undefined })
}

/** An upload that was cut off is gone: the next attempt begins another. */
type Attempt =
  | { readonly kind: 'done'; readonly travelled: boolean }
  | { readonly kind: 'failed'; readonly failure: unknown; readonly asked?: number | undefined }

const isLost = ({ status }: HttpResponse): boolean => isPassing(status) || status === 404 || status === 416

const damaged = ({ from, digest }: BlobToPush): UserError =>
  new UserError(`${from} is damaged: its blob ${digest} is something else`, {
    hint: `look at it: slipway bundle verify ${from}`,
    exitCode: exitCodes.failed,
  })

const upload = async (blob: BlobToPush, url: URL): Promise<Attempt> => {
  const { session, repository, size, open } = blob
  const headers = { 'content-type': 'application/octet-stream' }
  const request = { method: 'PUT', url, headers, body: { size, open }, once: true } as const
  const response = await session.send(pushing(repository), request).catch((failure: unknown) => ({ failure }))
  if ('failure' in response) return { kind: 'failed', ...response }
  const asked = retryAfterMs(response.headers['retry-after'], new Date())
  if (response.status === 201) {
    discard(response)
    return { kind: 'done', travelled: true }
  }
  const failure = await refused(cannotPush(blob), response)
  if (isLost(response)) return { kind: 'failed', failure, asked }
  // DIGEST_INVALID: the registry has hashed what came.
  throw response.status === 400 ? damaged(blob) : failure
}

const attemptTo = async (blob: BlobToPush): Promise<Attempt> => {
  if (await isThere(blob)) return { kind: 'done', travelled: false }
  const target = await beginUpload(blob)
  return target ? upload(blob, target) : { kind: 'done', travelled: false }
}

export const pushBlob = async (blob: BlobToPush): Promise<boolean> => {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptTo(blob)
    if (outcome.kind === 'done') return outcome.travelled
    await waitOrThrow(blob.session.transport.patience, attempt, outcome)
  }
}
