/**
 * An argv for a POSIX shell. Takes one word, or a list of them; gives text that any sh reads back as exactly those bytes.
 * Inside single quotes nothing is special but the quote itself, so nothing else has to be known about the shell.
 */
export const quote = (word: string): string => {
  if (word.includes('\0')) throw new Error('a NUL byte cannot be passed to a command')
  return `'${word.replaceAll("'", "'\\''")}'`
}

export const quoteAll = (words: readonly string[]): string => words.map(quote).join(' ')
