/** Asks for a secret on the terminal, without showing it. Takes the question, and the flag that answers it where nobody sits. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Interrupted, UserError } from '../errors.ts'

/** readline echoes what is typed to its output: this one takes it and shows nothing. */
const nowhere = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => done(),
  })

export const askSecret = async (question: string, flag: string): Promise<string> => {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UserError(`${question}: there is no terminal to ask on`, { hint: `give it with ${flag}` })
  // First the terminal's own echo is off, then somebody is asked to type.
  const lines = createInterface({ input: process.stdin, output: nowhere(), terminal: true })
  process.stderr.write(`${question}: `)
  // Ctrl-C and Ctrl-D close it, and then nothing would ever answer.
  const left = new AbortController()
  lines.once('close', () => left.abort())
  try {
    return await lines.question('', { signal: left.signal })
  } catch (error) {
    throw left.signal.aborted ? new Interrupted() : error
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

/** One that is made up now: a slip of the finger would lock its owner out, so it is typed twice. */
export const askNewSecret = async (question: string, flag: string): Promise<string> => {
  const secret = await askSecret(question, flag)
  if (secret === '') throw new UserError(`${question}: it is empty`)
  if ((await askSecret('The same again', flag)) === secret) return secret
  throw new UserError(`${question}: the two are not the same`, { hint: 'nothing was changed: run it again' })
}
