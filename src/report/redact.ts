/**
 * Keeps secrets out of everything that is shown or logged. Takes secrets as they come up; gives a function from text to text.
 * By value first: every secret that was made or read. Then, as a second net, by what secrets look like (secret-looks.ts).
 */
import type { ParsedKey } from 'ssh2'
import { secretLooks } from './secret-looks.ts'

export type Redactor = {
  readonly add: (secret: string) => void
  readonly redact: (text: string) => string
  /** SSH keys that somebody has opened for this process, by file: asked for once, whoever connects. */
  readonly openedKeys: Map<string, ParsedKey>
}

const instead = '[redacted]'

/** Shorter values are in half of all words: what they would blacken tells more than they do. */
const shortest = 4
/** A line of a secret file that is shorter ("kind: Config") is in other texts as well. 16 is a bootstrap token's secret half. */
const shortestLine = 16

/** How a secret may turn up: as it is, in base64 (data of a Secret, of a kubeconfig), and line by line. */
const formsOf = (secret: string): readonly string[] => {
  const trimmed = secret.trim()
  const lines = trimmed.includes('\n') ? trimmed.split('\n').flatMap(secretPart) : []
  return [
    trimmed,
    Buffer.from(secret).toString('base64'),
    Buffer.from(trimmed).toString('base64').replace(/=+$/, ''),
    // "-----BEGIN CERTIFICATE-----" is no secret, and stands in every certificate.
    ...lines.filter((line) => line.length >= shortestLine && !line.startsWith('-----')),
  ]
}

/** Of a line of a secret file: all of it, or of a kubeconfig's the value, where that is what is secret ("server: …" is not). */
const secretPart = (line: string): readonly string[] => {
  const [, key, value] = /^[\s-]*([\w-]+):\s+(.*)$/.exec(line) ?? []
  if (key === undefined || value === undefined) return [line.trim()]
  return /(data|token|password|secret|key)$/i.test(key) ? [value.trim()] : []
}

export const createRedactor = (): Redactor => {
  // By their first four characters: a text is gone through once, however many secrets there are (three hundred hosts have thousands).
  const byStart = new Map<string, string[]>()
  const keep = (form: string): void => {
    if (form.length < shortest) return
    const start = form.slice(0, shortest)
    const known = byStart.get(start) ?? []
    if (known.includes(form)) return
    // The longest first: a secret that begins like another must not leave its end behind.
    byStart.set(
      start,
      [...known, form].toSorted((a, b) => b.length - a.length),
    )
  }
  const byValue = (text: string): string => {
    let shown = ''
    let from = 0
    for (let at = 0; at + shortest <= text.length; ) {
      const found = byStart.get(text.slice(at, at + shortest))?.find((form) => text.startsWith(form, at))
      if (found === undefined) at++
      else {
        shown += text.slice(from, at) + instead
        at += found.length
        from = at
      }
    }
    return shown + text.slice(from)
  }
  return {
    add: (secret) => formsOf(secret).forEach(keep),
    redact: (text) => byLooks(byStart.size === 0 ? text : byValue(text)),
    openedKeys: new Map(),
  }
}

const byLooks = (text: string): string =>
  secretLooks.reduce((shown, { look, replacement }) => shown.replace(look, replacement), text)
