/**
 * What a look at a host asks for before its steps do: two processes for all paths, instead of two a path. Takes the steps and the
 * prefix of their paths; gives lines of shell. What it does for them is in shell/ahead.sh.
 */
import type { Step } from '../plan/types.ts'
import { quoteAll } from './quote.ts'
import { aheadLibrary } from './shell-library.ts'

/** A name that stands in the answers of stat and sha256sum as it is. Others are looked at when their turn comes. */
const isPlain = (path: string): boolean => /^[\w./+:@-]+$/.test(path)

const lookedAt = (step: Step): readonly string[] => {
  switch (step.kind) {
    case 'file':
      return step.createOnly ? [] : [step.path]
    case 'directory':
      return [`${step.path}/.`]
    case 'binary':
    case 'extract':
      return [step.path]
    default:
      return []
  }
}

export const lookAhead = (steps: readonly Step[], root: string): string => {
  const pathsOf = (some: readonly Step[]): readonly string[] =>
    some
      .flatMap(lookedAt)
      .map((path) => root + path)
      .filter(isPlain)
  const [looks, digests] = [pathsOf(steps), pathsOf(steps.filter(({ kind }) => kind === 'file'))]
  const lines = [
    ...(looks.length > 0 ? [`look_ahead ${quoteAll(looks)}\n`] : []),
    ...(digests.length > 0 ? [`digest_ahead ${quoteAll(digests)}\n`] : []),
  ]
  return lines.length > 0 ? aheadLibrary + lines.join('') : ''
}
