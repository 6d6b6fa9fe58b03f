/**
 * A plan for people and for programs. Takes what each step would do; gives text or JSON. Contents of secret files are in neither:
 * only that they would change. By phase, then host, then step, as they would be done.
 */
import type { Looked } from '../run/look.ts'
import { unifiedDiff } from './diff.ts'
import { noPaint, type Paint } from './paint.ts'
import { indented, printable } from './printable.ts'
import { counted } from './words.ts'

export const describePlan = (looked: readonly Looked[], verbose: boolean, paint: Paint = noPaint): string => {
  const pending = looked.filter(isPending)
  const hosts = new Set(looked.map(({ host }) => host)).size
  if (pending.length === 0 && !verbose)
    return paint.green(`Nothing to do: ${counted(hosts, 'host is', 'hosts are')} as the cluster file says.`)
  const phases = Map.groupBy(verbose ? looked : pending, ({ phase }) => phase)
  const shown = [...phases].map(([phase, steps]) => phaseText(phase, steps, paint))
  const right = looked.length - pending.length
  return [...shown, `${pending.length} to do, ${right} right already, on ${counted(hosts, 'host')}.`].join(
    '\n\n',
  )
}

const isPending = ({ status }: Looked): boolean => status === 'pending'

const phaseText = (phase: string, looked: readonly Looked[], paint: Paint): string => {
  const hosts = Map.groupBy(looked, ({ host }) => host)
  return [
    paint.bold(phase),
    ...[...hosts].flatMap(([host, steps]) => [`  ${host}`, ...steps.map((step) => stepText(step, paint))]),
  ].join('\n')
}

const stepText = (step: Looked, paint: Paint): string => {
  const { title, secret } = step
  if (!isPending(step)) return paint.dim(`    = ${title}`)
  const note = secret ? ` (secret${step.bytes === undefined ? '' : `, ${step.bytes} bytes`})` : ''
  const diff = diffOf(step, paint)
  return [`    ${paint.yellow('~')} ${title}${note}`, ...(diff === '' ? [] : [indented(diff, 3)])].join('\n')
}

/** What is on a host is a stranger's text: it is made fit for a terminal first. */
const diffOf = ({ secret, before, after }: Looked, paint: Paint): string =>
  secret || before === undefined || after === undefined
    ? ''
    : unifiedDiff(printable(before), printable(after), paint)

export type PlanJson = {
  readonly pending: number
  readonly unchanged: number
  readonly steps: readonly (Omit<Looked, 'before' | 'after'> & { readonly diff?: string })[]
}

export const planAsJson = (looked: readonly Looked[]): PlanJson => {
  const pending = looked.filter(isPending).length
  const steps = looked.map(({ before, after, ...step }) => {
    const diff = diffOf(
      { ...step, ...(before === undefined || after === undefined ? {} : { before, after }) },
      noPaint,
    )
    return diff === '' ? step : { ...step, diff }
  })
  return { pending, unchanged: looked.length - pending, steps }
}
