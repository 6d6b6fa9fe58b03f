/** Refuses a bundle that somebody else signed. Takes a bundle and the key that is wanted; gives nothing, or an error. */
import { UserError } from '../errors.ts'
import type { Bundle } from './open.ts'

/** `from`: where the wanted key is said, for the message. */
export const mustBeSignedBy = ({ file, signer }: Bundle, wanted: string, from: string): void => {
  if (signer === wanted) return
  throw new UserError(`${file} is signed by ${signer}, and ${from} wants ${wanted}`, {
    hint: 'if you trust who made this one, put its key there; else take the bundle from where the others came from',
  })
}
