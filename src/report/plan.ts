/** A plan for people and for programs. Takes what was looked at; gives text or JSON. Contents of secret files are in neither. */
import type { Looked } from '../run/look.ts'
import { unifiedDiff } from './diff.ts'

const indent = (text: string): string => text.replace(/^/gm, '      ')

const stepText = ({ title, status, secret, before, after }: Looked): string => {
  const sign = status === 'pending' ? '~' : '='
  const note = secret && status === 'pending' ? ' (secret)' : ''
  const diff =
    before === undefined || after === undefined || before === after ? '' : unifiedDiff(before, after)
  return [`    ${sign} ${title}${note}`, ...(diff ? [indent(diff)] : [])].join('\n')
}

export const describePlan = (looked: readonly Looked[], verbose: boolean): string => {
  const pending = looked.filter(({ status }) => status === 'pending')
  if (pending.length === 0) return 'Nothing to do.'
  const shown = verbose ? looked : pending
  const phases = [...new Set(shown.map(({ phase }) => phase))]
  const lines = phases.flatMap((phase) => {
    const ofPhase = shown.filter((each) => each.phase === phase)
    const hosts = [...new Set(ofPhase.map(({ host }) => host))]
    return [
      phase,
      ...hosts.flatMap((host) => [
        `  ${host}`,
        ...ofPhase.filter((each) => each.host === host).map(stepText),
      ]),
    ]
  })
  return [...lines, '', `${pending.length} to do, ${looked.length - pending.length} right already.`].join(
    '\n',
  )
}

export const planAsJson = (looked: readonly Looked[]) => ({
  pending: looked.filter(({ status }) => status === 'pending').length,
  steps: looked.map(({ before, after, ...step }) => ({
    ...step,
    ...(before === undefined || after === undefined ? {} : { diff: unifiedDiff(before, after) }),
  })),
})
