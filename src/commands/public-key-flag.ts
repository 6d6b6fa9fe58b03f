/** `--public-key`: who must have signed a bundle. Takes the key on one line, or a file that holds it or its PEM; gives the line. */
import { existsSync, readFileSync } from 'node:fs'
import { readPublicKey } from '../bundle/public-key.ts'

export const publicKeyOf = (given: string): string =>
  existsSync(given)
    ? readPublicKey(readFileSync(given, 'utf8'), given)
    : readPublicKey(given, `--public-key ${given}`)
