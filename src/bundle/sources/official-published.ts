/**
 * What upstream says its files and images are. Takes things to ask for; gives their digests, asked for before anything large travels.
 * Checksums do not change with the mirror: upstream itself is asked first, and its mirror only where upstream cannot be.
 */
import { errorMessage, exitCodes, UserError } from '../../errors.ts'
import type { Say } from '../say.ts'
import { mirrorOf } from './mirrors.ts'
import type { Reach, Way } from './official-way.ts'
import { within } from './within.ts'

export type Question = {
  /** For messages: the address of a file, the name of an image. */
  readonly what: string
  /** Where upstream answers it. */
  readonly at: URL
  /** `sha256:…`; undefined: there is no such thing. */
  readonly ask: (reach: Reach, at: URL) => Promise<string | undefined>
}

export type Published = Pick<Question, 'what' | 'at'> & {
  readonly digest: string
  /** Why it was not upstream that answered. */
  readonly answeredByMirror?: { readonly mirror: URL; readonly because: string }
}

const notPublished = ({ what }: Question, where: URL): UserError =>
  new UserError(`${what} is not there: ${where.host} answers 404`, {
    hint: 'that version has not been published for this architecture, or the mirror has no copy of it; bundle/catalog.yaml names the versions',
    exitCode: exitCodes.failed,
  })

const askAt = ({ ask }: Question, reach: Reach, at: URL): Promise<string | undefined> =>
  reach.limitMs === undefined ? ask(reach, at) : within(at.host, reach.limitMs, ask(reach, at))

const answerOf = async (question: Question, reach: Reach, at: URL): Promise<string> => {
  const digest = await askAt(question, reach, at)
  if (digest === undefined) throw notPublished(question, at)
  return digest
}

const askOne = async (way: Way, question: Question): Promise<Published> => {
  const { what, at } = question
  const mirror = mirrorOf(at, way.mirrors)
  if (!mirror) return { what, at, digest: await answerOf(question, way.patient, at) }
  const upstream = await askAt(question, way.glance, at).catch((error: unknown) => ({
    because: errorMessage(error),
  }))
  if (upstream === undefined) throw notPublished(question, at)
  if (typeof upstream === 'string') return { what, at, digest: upstream }
  const digest = await answerOf(question, way.patient, mirror)
  return { what, at, digest, answeredByMirror: { mirror, because: upstream.because } }
}

/** All at once: somebody who opens a firewall wants to know every door. */
const together = (failures: readonly unknown[]): unknown => {
  const [first] = failures
  const messages = [...new Set(failures.map(errorMessage))]
  const isUsers = failures.every((failure) => failure instanceof UserError)
  if (!isUsers || !(first instanceof UserError) || messages.length === 1) return first
  return new UserError(`${messages.length} things are not to be had:\n  ${messages.join('\n  ')}`, {
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    exitCode: first.exitCode,
    cause: new AggregateError(failures),
  })
}

const tellWhoAnswered = (all: readonly Published[], say: Say): void => {
  for (const { what, digest } of all) say(`${digest}  ${what}`)
  const lines = all.flatMap(({ at, answeredByMirror }) =>
    answeredByMirror
      ? [
          `${at.host} cannot be asked (${answeredByMirror.because}): the checksums are those that ${answeredByMirror.mirror.host} has itself`,
        ]
      : [],
  )
  for (const line of new Set(lines)) say(line)
}

export const askPublished = async (
  way: Way,
  questions: readonly Question[],
  say: Say,
): Promise<readonly Published[]> => {
  const outcomes = await Promise.allSettled(questions.map((question) => askOne(way, question)))
  const failures = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  if (failures.length > 0) throw together(failures)
  const all = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  tellWhoAnswered(all, say)
  return all
}
