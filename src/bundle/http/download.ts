/**
 * Downloads one file whose digest is known. Takes how to ask for it from an offset on; leaves it where it belongs, whole and
 * hashed, or not at all. It goes on after a cut connection, and where a run that was killed stopped. Nothing is held in memory.
 */
import { existsSync } from 'node:fs'
import { exitCodes, UserError } from '../../errors.ts'
import { refused } from './failures.ts'
import { openPartialFile, type PartialFile } from './partial-file.ts'
import { type Patience, waitOrThrow } from './patience.ts'
import { discard, type Headers, type HttpResponse } from './request.ts'

export type Download = {
  /** For messages: `https://dl.k8s.io/…`, `registry.k8s.io/pause@sha256:…`. */
  readonly what: string
  /** `sha256:…` */
  readonly digest: string
  /** Where it is known beforehand. */
  readonly size?: number | undefined
  readonly target: string
  readonly patience: Patience
  readonly get: (headers: Headers) => Promise<HttpResponse>
}

/** Servers may ignore a range and send everything (200), or send another one than was asked for. */
const isContinuation = ({ status, headers }: HttpResponse, from: number): boolean =>
  status === 206 && (headers['content-range'] ?? '').startsWith(`bytes ${from}-`)

/** One answer's bytes. Throws when the connection is cut: what came by then is in the file. */
const receive = async (wanted: Download, partial: PartialFile): Promise<void> => {
  const from = partial.size()
  const response = await wanted.get(from > 0 ? { range: `bytes=${from}-` } : {})
  // There is nothing behind what is here: it is all, or it is something else. The digest will say.
  if (response.status === 416 && from > 0) return discard(response)
  if (response.status !== 200 && response.status !== 206)
    throw await refused(`cannot download ${wanted.what}`, response)
  if (from > 0 && !isContinuation(response, from)) {
    if (response.status === 206) throw new Error(`${response.url.host} sends another part than was asked for`)
    await partial.restart()
  }
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    await partial.append(chunk)
    // More than there is of it: the digest will say so, before the disk is full.
    if (partial.size() > (wanted.size ?? Number.POSITIVE_INFINITY)) break
  }
  const missing = (wanted.size ?? 0) - partial.size()
  if (missing > 0) throw new Error(`the connection ended ${missing} bytes too early`)
}

const cutOff = ({ what }: Download, partial: PartialFile, cause: unknown): UserError =>
  new UserError(`${what} stopped after ${partial.size()} bytes, again and again`, {
    hint: 'run this again: it goes on from there',
    exitCode: exitCodes.failed,
    cause,
  })

/** An attempt that brought something costs no patience: a line that breaks every minute still gets there. */
const receiveAll = async (wanted: Download, partial: PartialFile): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    const before = partial.size()
    try {
      return await receive(wanted, partial)
    } catch (error) {
      if (error instanceof UserError) throw error
      if (partial.size() > before) attempt = 1
      await waitOrThrow(wanted.patience, attempt, { failure: cutOff(wanted, partial, error) })
    }
  }
}

/** What an earlier run left may have been of another file under the same name: then once more, from the beginning. */
const receiveRight = async (wanted: Download, partial: PartialFile): Promise<void> => {
  const goesOn = partial.size() > 0
  await receiveAll(wanted, partial)
  if (!goesOn || partial.digest() === wanted.digest) return
  await partial.restart()
  await receiveAll(wanted, partial)
}

/** Not for the same target twice at a time. */
export const download = async (wanted: Download): Promise<void> => {
  const { what, digest, target } = wanted
  if (existsSync(target)) return
  const partial = await openPartialFile(target)
  try {
    await receiveRight(wanted, partial)
  } catch (error) {
    await partial.leave()
    throw error
  }
  const got = partial.digest()
  if (got === digest) return partial.place()
  await partial.remove()
  throw new UserError(`${what} is not what was published: it has ${got} instead of ${digest}`, {
    hint: 'something on the way changes it (a proxy, a mirror): fetch it another way; nothing of it was kept',
    exitCode: exitCodes.failed,
  })
}
