/**
 * What a running program says. Takes chunks of its stdout as they come; gives a StepResult for every line, in order.
 * Everything that comes from the host is hexadecimal in there, so a line is what the program wrote or it is noise.
 */
import { Buffer } from 'node:buffer'
import { z } from 'zod'
import type { PlacedStep, Program, StepResult } from './program-types.ts'

const hex = z.string().regex(/^[0-9a-f]*$/)

const answerShape = z.strictObject({
  step: z.int().nonnegative(),
  status: z.enum(['changed', 'unchanged', 'pending', 'failed']),
  note: z.string(),
  output: hex.optional(),
  current: hex.optional(),
  missing: z.array(z.string()).optional(),
})

type Answer = z.infer<typeof answerShape>

const decode = (digits: string): string => Buffer.from(digits, 'hex').toString('utf8')

/** SYN, which the program sends while it works: see shell/runtime.sh. */
const stillHere = '\u0016'

const parseAnswer = (line: string): Answer | undefined => {
  try {
    return answerShape.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

const missingBlobsOf = (answer: Answer, { step }: PlacedStep): readonly string[] | undefined => {
  if (answer.status !== 'pending') return undefined
  return step.kind === 'binary' ? [step.blob.digest] : answer.missing
}

const resultOf = (answer: Answer, placed: PlacedStep): StepResult => {
  const detail = [answer.note, decode(answer.output ?? '').trimEnd()].filter((part) => part !== '').join('\n')
  const missingBlobs = missingBlobsOf(answer, placed)
  return {
    phase: placed.phase,
    step: placed.step.id,
    status: answer.status,
    ...(detail !== '' && { detail }),
    ...(answer.current !== undefined && { current: decode(answer.current) }),
    ...(missingBlobs && { missingBlobs }),
  }
}

export type AnswerReader = {
  readonly feed: (chunk: string) => void
  readonly results: readonly StepResult[]
  /** Lines that are no answers: a login banner, a shell's own complaint. */
  readonly noise: readonly string[]
}

export const readAnswers = (program: Program, onStep: (result: StepResult) => void): AnswerReader => {
  const results: StepResult[] = []
  const noise: string[] = []
  let rest = ''
  const take = (line: string): void => {
    const answer = parseAnswer(line)
    const placed = program.steps[results.length]
    if (answer === undefined || placed === undefined || answer.step !== results.length) {
      if (line !== '') noise.push(line)
      return
    }
    const result = resultOf(answer, placed)
    results.push(result)
    onStep(result)
  }
  const feed = (chunk: string): void => {
    const lines = (rest + chunk.replaceAll(stillHere, '')).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(take)
  }
  return { feed, results, noise }
}
