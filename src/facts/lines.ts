/**
 * The line protocol of gather.sh. Takes its output; gives what it said by key, and the files it read by path.
 * What each key means is known by parse.ts alone.
 */
export type Said = {
  /** The values of the last line with this key, or none. */
  readonly last: (key: string) => readonly string[]
  /** The values of every line with this key, in order. */
  readonly all: (key: string) => readonly (readonly string[])[]
  /** The lines of a file; none where it is missing. */
  readonly file: (path: string) => readonly string[]
  readonly paths: readonly string[]
  /** The script came to its end: nothing was cut off. */
  readonly complete: boolean
}

export const readLines = (output: string): Said => {
  const said = new Map<string, string[][]>()
  const files = new Map<string, string[]>()
  const lines = output.split('\n').filter((line) => line !== '')
  for (const line of lines) {
    if (line.startsWith('/')) {
      const colon = line.indexOf(':')
      append(files, line.slice(0, colon), line.slice(colon + 1))
      continue
    }
    const [key = '', ...values] = line.split('\t')
    append(said, key, values)
  }
  return {
    last: (key) => said.get(key)?.at(-1) ?? [],
    all: (key) => said.get(key) ?? [],
    file: (path) => files.get(path) ?? [],
    paths: [...files.keys()],
    complete: lines.at(-1) === 'end',
  }
}

const append = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const values = map.get(key)
  if (values === undefined) map.set(key, [value])
  else values.push(value)
}
