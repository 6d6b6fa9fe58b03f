import { describe, expect, it } from 'vitest'
import { compileProgram } from '../../../src/host/compile-program.ts'
import { readAnswers } from '../../../src/host/program-answers.ts'
import type { StepResult } from '../../../src/host/program-types.ts'
import type { Step } from '../../../src/plan/types.ts'

const directory = (id: string): Step => ({
  kind: 'directory',
  id,
  title: id,
  path: `/srv/${id}`,
  mode: 0o755,
})
const program = compileProgram({
  mode: 'apply',
  sections: [
    { phase: 'one', steps: [directory('a'), directory('b')] },
    { phase: 'two', steps: [directory('a')] },
  ],
})

const answer = (step: number, status: string, more = ''): string =>
  `{"step":${step},"status":"${status}","note":""${more}}\n`

const read = (chunks: readonly string[]) => {
  const seen: StepResult[] = []
  const reader = readAnswers(program, (result) => seen.push(result))
  chunks.forEach(reader.feed)
  expect(seen).toEqual(reader.results)
  return reader
}

describe('readAnswers', () => {
  const text = answer(0, 'changed') + answer(1, 'unchanged') + answer(2, 'failed', ',"output":"c3b60a"')
  const results = [
    { phase: 'one', step: 'a', status: 'changed' },
    { phase: 'one', step: 'b', status: 'unchanged' },
    { phase: 'two', step: 'a', status: 'failed', detail: 'ö' },
  ]

  it('tells every step as its line ends, however the text is cut, and whatever signs of life are in it', () => {
    expect(read([text]).results).toEqual(results)
    expect(read([...text]).results).toEqual(results)
    expect(read([...text].map((char) => `\u0016${char}\u0016`)).results).toEqual(results)
  })

  it.each([
    ['a banner', 'Welcome to cp1\n'],
    ['an answer out of turn', answer(1, 'changed')],
    ['an unknown status', answer(0, 'fine')],
    ['an answer with something else in it', answer(0, 'changed', ',"other":1')],
    ['output that is not hexadecimal', answer(0, 'failed', ',"output":"xyz"')],
    ['JSON of another kind', 'null\n'],
  ])('takes %s for noise', (_, line) => {
    const reader = read([line, text])
    expect(reader.results).toEqual(results)
    expect(reader.noise).toEqual([line.trimEnd()])
  })

  it('does not take half a line for an answer', () => {
    expect(read([answer(0, 'changed').trimEnd()]).results).toEqual([])
  })
})
