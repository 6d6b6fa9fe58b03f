/** A unified diff of two texts, as `diff -u` shows it, without its header. Pure. */
type Line = { readonly mark: ' ' | '-' | '+'; readonly text: string }

const around = 3
/** Beyond this the table of the longest common subsequence gets large; such files are shown as replaced. */
const mostLines = 2000

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'))

const compare = (before: readonly string[], after: readonly string[]): readonly Line[] => {
  const replaced = (): readonly Line[] => [
    ...before.map((text): Line => ({ mark: '-', text })),
    ...after.map((text): Line => ({ mark: '+', text })),
  ]
  if (before.length > mostLines || after.length > mostLines) return replaced()
  const width = after.length + 1
  const common = new Uint16Array((before.length + 1) * width)
  const at = (i: number, j: number): number => common[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      common[i * width + j] =
        before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push({ mark: ' ', text: before[i++] ?? '' })
      j++
    } else if (i < before.length && (j >= after.length || at(i + 1, j) >= at(i, j + 1)))
      lines.push({ mark: '-', text: before[i++] ?? '' })
    else lines.push({ mark: '+', text: after[j++] ?? '' })
  }
  return lines
}

export const unifiedDiff = (before: string, after: string): string => {
  const lines = compare(linesOf(before), linesOf(after))
  const near = (index: number): boolean =>
    lines.slice(Math.max(0, index - around), index + around + 1).some(({ mark }) => mark !== ' ')
  const shown: string[] = []
  let hidden = false
  for (const [index, { mark, text }] of lines.entries()) {
    if (!near(index)) {
      hidden = true
      continue
    }
    if (hidden && shown.length > 0) shown.push('…')
    hidden = false
    shown.push(`${mark}${text}`)
  }
  return shown.join('\n')
}
