/**
 * The shell that runs on hosts, as it stands in `shell/`. Takes nothing; gives the bootstrap (an argument of sh) and the
 * library that every program begins with. Comments stay here: they would only be seen in a process list.
 */
import type { StepKind } from '../plan/types.ts'
import { shippedText } from '../shipped.ts'

const read = (name: string): string => shippedText(`src/host/shell/${name}.sh`).replaceAll(/^\s*#.*\n/gm, '')

/** One file a step kind; a kind without its file does not compile. */
const kinds: Readonly<Record<StepKind, string>> = {
  file: read('file'),
  directory: read('directory'),
  absent: read('absent'),
  link: read('link'),
  block: read('block'),
  shell: read('shell'),
  service: read('service'),
  binary: read('binary'),
  extract: read('extract'),
  import: read('import'),
}

/** A kind whose functions another one calls. */
const builtOn: Readonly<Partial<Record<StepKind, StepKind>>> = { extract: 'binary' }

export const bootstrap: string = read('bootstrap')

const common = read('runtime') + read('files')

export const aheadLibrary: string = read('ahead')

/** The library for these kinds of step, and no others: a program is sent to every host. */
export const libraryFor = (wanted: ReadonlySet<StepKind>): string => {
  const needed = new Set([...wanted].flatMap((kind) => [kind, builtOn[kind] ?? kind]))
  const texts = Object.entries(kinds).filter(([kind]) => needed.has(kind as StepKind))
  return common + texts.map(([, text]) => text).join('')
}
