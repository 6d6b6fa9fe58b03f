/** Asks for a secret on the terminal, without showing it. Takes the question, and the flag that answers it where nobody sits. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UserError } from '../errors.ts'

/** readline echoes what is typed to its output: this one takes it and shows nothing. */
const nowhere = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => done(),
  })

export const askSecret = async (question: string, flag: string): Promise<string> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UserError(`${question}: there is no terminal to ask on`, { hint: `give it with ${flag}` })
  process.stderr.write(`${question}: `)
  const lines = createInterface({ input: process.stdin, output: nowhere(), terminal: true })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}
