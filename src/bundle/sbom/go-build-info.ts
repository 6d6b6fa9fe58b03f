/**
 * What Go's linker notes in every executable: of which modules it is made (debug/buildinfo, Go 1.18 and later). Takes an executable's
 * bytes as they come; gives what it finds. Looks for the note itself, so an executable may be inside anything that is not compressed.
 */

export type GoModule = { readonly path: string; readonly version: string; readonly sum?: string }

export type GoBuildInfo = {
  readonly go: string
  /** The main package. */
  readonly path: string
  readonly modules: readonly GoModule[]
}

const magic = Buffer.from('\xff Go buildinf:', 'latin1')
const headerSize = 32
/** The bit of the header's flags that says: texts follow, each after its length. */
const inline = 2
/** Hyperkube's note has 20 kB. */
const longest = 1 << 20

type Read = 'incomplete' | 'other' | { readonly info: GoBuildInfo; readonly end: number }

type Text = { readonly text: Buffer; readonly end: number }

/** A length as Go's encoding/binary writes it, seven bits a byte, and so many bytes. */
const textAt = (bytes: Buffer, start: number): Text | 'incomplete' | 'other' => {
  let length = 0
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    length += (byte & 0x7f) * 2 ** (7 * (at - start))
    if (length > longest) return 'other'
    if (byte >= 0x80) continue
    const end = at + 1 + length
    return end <= bytes.length ? { text: bytes.subarray(at + 1, end), end } : 'incomplete'
  }
  return 'incomplete'
}

const moduleOf = ([, path = '', version = '', sum = '']: readonly string[]): GoModule => ({
  path,
  version,
  ...(sum && { sum }),
})

/** Lines of `path`, `mod`, `dep` and, after one of those that was replaced, `=>` (runtime/debug, BuildInfo.String). */
export const parseModules = (text: string): Omit<GoBuildInfo, 'go'> => {
  const modules: GoModule[] = []
  let path = ''
  for (const line of text.split('\n')) {
    const fields = line.split('\t')
    if (fields[0] === 'path') path = fields[1] ?? ''
    if (fields[0] === '=>') modules.pop()
    if (['mod', 'dep', '=>'].includes(fields[0] ?? '')) modules.push(moduleOf(fields))
  }
  return { path, modules }
}

const readAt = (bytes: Buffer, start: number): Read => {
  if (bytes.length < start + headerSize) return 'incomplete'
  if (((bytes[start + 15] ?? 0) & inline) === 0) return 'other'
  const version = textAt(bytes, start + headerSize)
  if (typeof version === 'string') return version
  const go = version.text.toString('utf8')
  if (!/^(go\d|devel)/.test(go)) return 'other'
  const modules = textAt(bytes, version.end)
  if (typeof modules === 'string') return modules
  // Sixteen bytes around the lines, by which they were found before there was a header.
  const lines = modules.text.subarray(16, -16).toString('utf8')
  return { info: { go, ...parseModules(lines) }, end: modules.end }
}

export type GoBuildInfoFinder = {
  readonly add: (chunk: Buffer) => void
  readonly found: () => readonly GoBuildInfo[]
}

export const goBuildInfoFinder = (): GoBuildInfoFinder => {
  const found: GoBuildInfo[] = []
  let rest: Buffer = Buffer.alloc(0)
  const add = (chunk: Buffer): void => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let from = 0; ; ) {
      const start = bytes.indexOf(magic, from)
      if (start === -1) {
        rest = bytes.subarray(Math.max(from, bytes.length - magic.length + 1))
        return
      }
      const read = readAt(bytes, start)
      if (read === 'incomplete') {
        rest = bytes.subarray(start)
        return
      }
      if (read !== 'other') found.push(read.info)
      from = read === 'other' ? start + 1 : read.end
    }
  }
  return { add, found: () => found }
}
