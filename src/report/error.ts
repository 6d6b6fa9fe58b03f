/**
 * How each kind of error is shown. Takes what was thrown; gives a text and an exit code. The text is fit for a terminal; redacting
 * it is up to the caller, who knows the secrets.
 */
import { ApiError } from '../api/client.ts'
import { type ExitCode, exitCodes, HostError, Interrupted, UserError } from '../errors.ts'
import { indented, printable } from './printable.ts'
import { listed } from './words.ts'

export type Described = { readonly text: string; readonly exitCode: ExitCode }

/** The cause of a failed command is nearly always in its last lines; the log file has them all. */
const tailLines = 15

export const describeError = (error: unknown): Described => {
  const errors = flattened(error)
  const shown = errors.length === 1 ? textOf(errors[0]) : severalText(errors)
  return { text: printable(shown), exitCode: exitCodeOf(errors) }
}

/** Errors of errors, as one list. */
const flattened = (error: unknown): readonly unknown[] =>
  error instanceof AggregateError && error.errors.length > 0 ? error.errors.flatMap(flattened) : [error]

const exitCodeOf = (errors: readonly unknown[]): ExitCode => {
  if (errors.some((error) => error instanceof Interrupted)) return exitCodes.interrupted
  const [first] = errors
  const allTheUsers = errors.every((error) => error instanceof UserError)
  return allTheUsers && first instanceof UserError ? first.exitCode : exitCodes.failed
}

const textOf = (error: unknown): string => {
  if (error instanceof Interrupted) return error.message
  if (error instanceof UserError) return `error: ${error.message}${hintText(error.hint, 1)}`
  if (error instanceof HostError) return `error: ${error.failure.host}: ${hostText(error, 1)}`
  if (error instanceof ApiError) return `error: ${apiText(error)}`
  return `error: ${bugText(error)}`
}

const severalText = (errors: readonly unknown[]): string => {
  const byHost = Map.groupBy(errors, (error) => (error instanceof HostError ? error.failure.host : ''))
  const hosts = [...byHost.keys()].filter((host) => host !== '')
  const others = byHost.get('') ?? []
  return [
    hosts.length > 0 ? `error: failed on ${listed(hosts)}` : `error: ${errors.length} things failed`,
    ...hosts.flatMap((host) => [
      `  ${host}:`,
      ...(byHost.get(host) ?? []).map((error) =>
        error instanceof HostError ? `    ${hostText(error, 3)}` : '',
      ),
    ]),
    ...others.map((error) => indented(textOf(error), 1)),
  ].join('\n')
}

const hostText = ({ message, failure }: HostError, depth: number): string => {
  const { host, doing, exitCode, output, hint } = failure
  const what = message.startsWith(`${host}: `) ? message.slice(host.length + 2) : message
  const during = what.includes(doing) ? undefined : doing
  const code = exitCode === undefined ? undefined : `exit code ${exitCode}`
  const where = [during, code].filter((part) => part !== undefined).join(', ')
  return `${what}${where === '' ? '' : ` (${where})`}${outputText(output, depth)}${hintText(hint, depth)}`
}

const outputText = (output: string | undefined, depth: number): string => {
  const lines = printable(output ?? '')
    .trimEnd()
    .split('\n')
  const tail = lines.slice(-tailLines)
  if (tail.join('').trim() === '') return ''
  const left = lines.length - tail.length
  const shown = [...(left > 0 ? [`… ${left} lines before`] : []), ...tail].map((line) => `| ${line}`)
  return `\n${indented(shown.join('\n'), depth)}`
}

const hintText = (hint: string | undefined, depth: number): string =>
  hint === undefined ? '' : `\n${indented(`→ ${hint}`, depth)}`

const apiText = ({ status, message }: ApiError): string => `the cluster's API refused (${status}): ${message}`

/** Nobody threw this on purpose. */
const bugText = (error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const cause =
    error instanceof Error && error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : ''
  return [
    'something happened that Slipway did not expect. Please report it, with what follows:',
    indented(`${stack}${cause}`, 1),
    indented(`Node ${process.version} on ${process.platform} ${process.arch}`, 1),
    '  → running the same command again is safe: it goes on from where things are',
  ].join('\n')
}
