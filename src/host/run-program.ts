/**
 * Runs a compiled program on a host: one exec channel, whatever the number of steps. Takes the program and where its blobs
 * come from; gives an answer for every step, or for every step up to the first that failed. A program that ends without
 * having answered is a HostError that names the step at which it was.
 */
import { HostError } from '../errors.ts'
import { payloadBytes } from './payload.ts'
import { readAnswers } from './program-answers.ts'
import type { BlobSource, PlacedStep, Program, StepResult } from './program-types.ts'
import { bootstrap } from './shell-library.ts'
import type { ExecResult, Host } from './types.ts'

export type RunProgramOptions = {
  readonly blobs?: BlobSource
  /** What is being done, for errors: "phase containerd". */
  readonly doing: string
  readonly signal?: AbortSignal | undefined
  readonly onStep?: (result: StepResult) => void
}

const noBlobs: BlobSource = {
  read: (digest) => {
    throw new Error(`a program that sends the blob ${digest} was run without a bundle`)
  },
}

async function* inputOf(program: Program, blobs: BlobSource): AsyncGenerator<Uint8Array> {
  yield program.tar
  for (const payload of program.payloads) yield* payloadBytes(payload, blobs)
}

const died = (host: Host, at: PlacedStep, ended: ExecResult, noise: readonly string[]): HostError =>
  new HostError(`${host.name}: phase ${at.phase} ended in the middle of "${at.step.title}" (${at.step.id})`, {
    host: host.name,
    doing: `phase ${at.phase}, step ${at.step.id}`,
    exitCode: ended.code,
    output: [ended.stderr.trimEnd(), ...noise].filter((part) => part !== '').join('\n'),
    hint: 'Every step starts by looking at what is there: run the same command again.',
  })

/** A connection knows what it lost, but not in the middle of which step. */
const duringStep = (error: unknown, at: PlacedStep | undefined): unknown => {
  if (!(error instanceof HostError) || at === undefined) return error
  const doing = `phase ${at.phase}, step ${at.step.id}`
  return new HostError(`${error.message} (in ${doing})`, { ...error.failure, doing }, error)
}

export const runProgram = async (
  host: Host,
  program: Program,
  options: RunProgramOptions,
): Promise<readonly StepResult[]> => {
  if (program.steps.length === 0) return []
  const answers = readAnswers(program, options.onStep ?? (() => undefined))
  const running = host.exec({
    command: ['sh', '-c', bootstrap, 'slipway', String(program.tar.length), program.root],
    input: inputOf(program, options.blobs ?? noBlobs),
    holdInput: true,
    doing: options.doing,
    onStdout: answers.feed,
    signal: options.signal,
  })
  const ended = await running.catch((error: unknown) => {
    throw duringStep(error, program.steps[answers.results.length])
  })
  const next = program.steps[answers.results.length]
  const failed = answers.results.at(-1)?.status === 'failed'
  if (next !== undefined && !failed) throw died(host, next, ended, answers.noise)
  return answers.results
}
