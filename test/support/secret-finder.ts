/** Looks for secrets. Takes those that were planted; gives a function from a text to the names of the ones in it, however written. */
export type Planted = Readonly<Record<string, string>>

/** A key turns up line by line, in base64, in hexadecimal, or as JSON writes it. */
const formsOf = (secret: string): readonly string[] => {
  const lines = secret
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.length >= 16 && !line.startsWith('-----'))
  return [
    ...lines,
    ...lines.map((line) => Buffer.from(line).toString('hex')),
    Buffer.from(secret).toString('base64').slice(8, 48),
    Buffer.from(secret).toString('hex').slice(0, 64),
  ]
}

export const secretFinder = (planted: Planted) => {
  const all = Object.entries(planted).map(([name, secret]) => [name, formsOf(secret)] as const)
  return (text: string): readonly string[] =>
    all.filter(([, forms]) => forms.some((form) => text.includes(form))).map(([name]) => name)
}
