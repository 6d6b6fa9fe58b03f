/** How each kind of error is shown. Takes what was thrown; gives a text and an exit code. */
import { type ExitCode, exitCodes, HostError, Interrupted, UserError } from '../errors.ts'

export type Described = { readonly text: string; readonly exitCode: ExitCode }

const tailLines = 15

/** Remote output may hold anything: control characters would draw on the terminal. */
export const printable = (text: string): string =>
  // Everything below space but tab and newline, DEL, and C1.
  [...text]
    .filter((char) => char === '\n' || char === '\t' || (char >= ' ' && (char < '\x7f' || char > '\x9f')))
    .join('')

const indent = (text: string): string => text.replace(/^/gm, '    ')

const describeHost = ({ message, failure }: HostError): string => {
  const code = failure.exitCode === undefined ? '' : ` (exit code ${failure.exitCode})`
  const output = failure.output?.trim().split('\n').slice(-tailLines).join('\n')
  return [
    `error: ${failure.host}: ${message}${code}`,
    ...(output ? [indent(printable(output))] : []),
    ...(failure.hint ? [`  → ${failure.hint}`] : []),
  ].join('\n')
}

export const describeError = (error: unknown): Described => {
  if (error instanceof UserError)
    return {
      text: [`error: ${error.message}`, ...(error.hint ? [`  → ${error.hint}`] : [])].join('\n'),
      exitCode: error.exitCode,
    }
  if (error instanceof HostError) return { text: describeHost(error), exitCode: exitCodes.failed }
  if (error instanceof AggregateError) {
    const each = error.errors.map(describeError)
    return { text: each.map(({ text }) => text).join('\n'), exitCode: exitCodes.failed }
  }
  if (error instanceof Interrupted) return { text: 'interrupted', exitCode: exitCodes.interrupted }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return {
    text: `this is a mistake in slipway; please report it with what follows\n${stack}`,
    exitCode: exitCodes.failed,
  }
}
