/**
 * The three kinds of error. Takes what went wrong; gives what is thrown. How each is shown is decided once, in `report/error.ts`.
 *
 * - UserError: the command line, a file or the cluster file is wrong. Shown as a sentence and a hint, never with a stack.
 * - HostError: something failed on a host. Shown with the host, the command or step, its exit code and its output.
 * - anything else is ours: shown with the stack and "please report".
 */
export const exitCodes = { done: 0, failed: 1, usage: 2, difference: 3, interrupted: 130 } as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export class UserError extends Error {
  readonly hint: string | undefined
  readonly exitCode: ExitCode
  constructor(
    message: string,
    options: { readonly hint?: string; readonly cause?: unknown; readonly exitCode?: ExitCode } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'UserError'
    this.hint = options.hint
    this.exitCode = options.exitCode ?? exitCodes.usage
  }
}

export type HostFailure = {
  readonly host: string
  /** What was being done, in words or as the command that a person could paste. */
  readonly doing: string
  readonly exitCode?: number | undefined
  readonly output?: string | undefined
  readonly hint?: string | undefined
}

export class HostError extends Error {
  readonly failure: HostFailure
  constructor(message: string, failure: HostFailure, cause?: unknown) {
    super(message, { cause })
    this.name = 'HostError'
    this.failure = failure
  }
}

/** Thrown when the user (Ctrl-C) or a caller ended the work. */
export class Interrupted extends Error {
  constructor(message = 'interrupted') {
    super(message)
    this.name = 'Interrupted'
  }
}

export const assertNever = (value: never): never => {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}

export const errorMessage = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)
