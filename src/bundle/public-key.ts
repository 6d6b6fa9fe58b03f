/**
 * Who signs a bundle: an Ed25519 public key, said on one line (SubjectPublicKeyInfo, base64: what stands between the lines of its
 * PEM) so that it can be read out, compared and put into a cluster file. Takes what a user gives; gives that line. Pure.
 */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { UserError } from '../errors.ts'

export const publicKeyLine = (key: KeyObject): string =>
  key.export({ type: 'spki', format: 'der' }).toString('base64')

const decoded = (text: string): KeyObject | undefined => {
  try {
    return text.startsWith('-----BEGIN PUBLIC KEY-----')
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

/** The one line, or a PEM. Node's base64 passes over what is none: a key that was cut or mistyped must not become another. */
export const readPublicKey = (text: string, from: string): string => {
  const trimmed = text.trim()
  const key = decoded(trimmed)
  const line = key?.asymmetricKeyType === 'ed25519' ? publicKeyLine(key) : undefined
  if (line !== undefined && (trimmed === line || trimmed.startsWith('-----BEGIN'))) return line
  throw new UserError(`${from} is not an Ed25519 public key`, {
    hint: 'slipway bundle keygen prints that of this machine, slipway bundle inspect FILE that of a bundle',
  })
}
