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

const askToUpload = ({ session, repository, digest, alsoIn }: BlobToPush): Promise<HttpResponse> => {
  const url = pathOf(session, repository, 'blobs/uploads/')
  if (alsoIn === undefined) return session.send(pushing(repository), { method: 'POST', url })
  url.searchParams.set('mount', digest)
  url.searchParams.set('from', alsoIn)
  return session.send(`${pushing(repository)} ${pulling(alsoIn)}`, { method: 'POST', url })
}

const placeIn = ({ status, headers, url }: HttpResponse): URL | undefined => {
  const { location } = headers
  return status === 202 && location !== undefined && URL.canParse(location, url.href)
    ? new URL(location, url)
    : undefined
}

/** Where to send it, or nothing where the registry took it over. */
const beginUpload = async (blob: BlobToPush): Promise<URL | undefined> => {
  const response = await askToUpload(blob)
  const place = placeIn(response)
  place?.searchParams.set('digest', blob.digest)
  if (place || response.status === 201) {
    discard(response)
    return place
  }
  const failure = await refused(cannotPush(blob), response)
  if (blob.alsoIn === undefined) throw failure
  // Some registries refuse to take over, and do not offer an upload instead.
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
