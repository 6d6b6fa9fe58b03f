/** Keeps secrets out of everything that is shown or logged: by value first, and by their look where a value slipped through. */
export type Redactor = { readonly add: (secret: string) => void; readonly redact: (text: string) => string }

/** Shorter values would blacken half of every line. */
const shortest = 8

const looks: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, '[private key]'],
  [/\b[a-z0-9]{6}\.[a-z0-9]{16}\b/g, '[token]'],
  [/((?:client-key|certificate-authority|client-certificate)-data:\s*)\S+/g, '$1[redacted]'],
]

const formsOf = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64'),
  ...secret.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-----')),
]

export const createRedactor = (): Redactor => {
  const known = new Set<string>()
  return {
    add: (secret) => {
      for (const form of formsOf(secret)) if (form.length >= shortest) known.add(form)
    },
    redact: (text) => {
      let shown = text
      for (const secret of known) if (shown.includes(secret)) shown = shown.replaceAll(secret, '[redacted]')
      return looks.reduce((line, [look, instead]) => line.replace(look, instead), shown)
    },
  }
}
