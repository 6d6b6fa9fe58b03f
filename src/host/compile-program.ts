/**
 * The step compiler. Takes the steps of one or several phases for one host; gives one POSIX sh program with all that it
 * places, to be sent in one go. Pure: no disk, network, clock or randomness.
 */
import { Buffer } from 'node:buffer'
import { dirname } from 'node:path'
import { type CompiledStep, compileStep } from './compile-step.ts'
import { lookAhead } from './look-ahead.ts'
import { payloadOf } from './payload.ts'
import type { Payload, PlacedStep, Program, ProgramRequest, Travelling } from './program-types.ts'
import { quoteAll } from './quote.ts'
import { libraryFor } from './shell-library.ts'
import { tarOf } from './tar.ts'

const place = ({ sections }: ProgramRequest): readonly PlacedStep[] =>
  sections.flatMap(({ phase, steps }) => steps.map((step) => ({ phase, step })))

const payloadFor = ({ phase, step }: PlacedStep, travelling: readonly Travelling[]): Payload | undefined => {
  if (step.kind !== 'binary' && step.kind !== 'import') return undefined
  const found = travelling.find((each) => each.phase === phase && each.step === step.id)
  return found?.missingBlobs && payloadOf(step, found.missingBlobs)
}

/** After a rename only its directory has to reach the disk; one call at the end does it for all. */
const syncDirectories = (steps: readonly PlacedStep[], root: string): string => {
  const paths = steps.flatMap(({ step }) => ('path' in step ? [root + dirname(step.path)] : []))
  const directories = [...new Set(paths)]
  return directories.length === 0 ? '' : `[ -z "$changed" ] || sync ${quoteAll(directories)}\n`
}

type Part = { readonly compiled: CompiledStep; readonly payload: Payload | undefined }

/** The input can be watched for its end from the moment that nothing else is left to read in it. */
const stepLines = (parts: readonly Part[]): string => {
  const last = parts.findLastIndex(({ payload }) => payload)
  const watched = (at: number): string => (at === last ? 'watch_input\n' : '')
  const lines = parts.map(({ compiled, payload }, at) => {
    const size = payload ? `payload=${payload.size}\n` : ''
    return `${size}step ${quoteAll(compiled.arguments)}\n${watched(at)}`
  })
  return watched(-1) + lines.join('')
}

export const compileProgram = (request: ProgramRequest): Program => {
  const { mode, root = '' } = request
  const steps = place(request)
  const travelling = mode === 'apply' ? (request.payload ?? []) : []
  const parts = steps.map((placed, index) => ({
    compiled: compileStep(placed.step, index, mode),
    payload: payloadFor(placed, travelling),
  }))
  const text =
    `mode=${mode}\nroot=${quoteAll([root])}\n` +
    libraryFor(new Set(steps.map(({ step }) => step.kind))) +
    (mode === 'check'
      ? lookAhead(
          steps.map(({ step }) => step),
          root,
        )
      : '') +
    stepLines(parts) +
    syncDirectories(steps, root) +
    'exit 0\n'
  return {
    mode,
    root,
    steps,
    tar: tarOf([
      { name: 'program', content: Buffer.from(text) },
      ...parts.flatMap(({ compiled }) => compiled.files),
    ]),
    payloads: parts.flatMap(({ payload }) => (payload ? [payload] : [])),
  }
}
