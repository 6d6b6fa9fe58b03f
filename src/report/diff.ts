/** A unified diff of two texts, as `diff -u` shows it below its header. Takes the texts; gives lines, or nothing if they are the same. Pure. */
import { noPaint, type Paint } from './paint.ts'

type Line = { readonly mark: ' ' | '-' | '+'; readonly text: string }

const context = 3

/** Beyond this the table of common lines gets large (16 MB); such files are shown as replaced. */
const largestTable = 4_000_000

/** The end of the last line is a line of its own where it is missing, as in diff. */
const linesOf = (text: string): readonly string[] => {
  if (text === '') return []
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : [...lines.slice(0, -1), `${lines.at(-1)}\n${noNewline}`]
}
const noNewline = '\\ No newline at end of file'

export const unifiedDiff = (before: string, after: string, paint: Paint = noPaint): string => {
  if (before === after) return ''
  const lines = comparedLines(linesOf(before), linesOf(after))
  return hunks(lines)
    .flatMap((hunk) => [paint.cyan(hunk.header), ...hunk.lines.map((line) => paintedLine(line, paint))])
    .join('\n')
}

const paintedLine = ({ mark, text }: Line, paint: Paint): string => {
  if (mark === '-') return paint.red(`-${text}`)
  return mark === '+' ? paint.green(`+${text}`) : ` ${text}`
}

const comparedLines = (before: readonly string[], after: readonly string[]): readonly Line[] => {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  const rest = Math.min(before.length, after.length) - start
  while (end < rest && before.at(-1 - end) === after.at(-1 - end)) end++
  return [
    ...marked(' ', before.slice(0, start)),
    ...changedLines(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...marked(' ', before.slice(before.length - end)),
  ]
}

const marked = (mark: Line['mark'], texts: readonly string[]): readonly Line[] =>
  texts.map((text) => ({ mark, text }))

/** By the longest common subsequence: `common` holds its length for every pair of ends. */
const changedLines = (before: readonly string[], after: readonly string[]): readonly Line[] => {
  const width = after.length + 1
  if (before.length * width > largestTable) return [...marked('-', before), ...marked('+', after)]
  const common = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const lines: Line[] = []
  let i = 0
  let j = 0
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]]
    if (old !== undefined && old === fresh) {
      lines.push({ mark: ' ', text: old })
      i++
      j++
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: '-', text: old })
      i++
    } else if (fresh !== undefined) {
      lines.push({ mark: '+', text: fresh })
      j++
    }
  }
  return lines
}

type Hunk = { readonly header: string; readonly lines: readonly Line[] }

const hunks = (lines: readonly Line[]): readonly Hunk[] => {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some(({ mark }) => mark !== ' '),
  )
  const starts = near.flatMap((shown, index) => (shown && !near[index - 1] ? [index] : []))
  return starts.map((start) => {
    const next = near.indexOf(false, start)
    const end = next === -1 ? lines.length : next
    return {
      header: `@@ -${range(lines, start, end, '+')} +${range(lines, start, end, '-')} @@`,
      lines: lines.slice(start, end),
    }
  })
}

/** "start,count" in one of the texts: the lines of the other one are not counted. An empty range starts before its first line. */
const range = (lines: readonly Line[], start: number, end: number, other: '+' | '-'): string => {
  const count = (part: readonly Line[]): number => part.filter(({ mark }) => mark !== other).length
  const before = count(lines.slice(0, start))
  const within = count(lines.slice(start, end))
  return within === 1 ? `${before + 1}` : `${within === 0 ? before : before + 1},${within}`
}
