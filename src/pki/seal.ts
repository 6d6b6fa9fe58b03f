/** A text sealed with a passphrase: scrypt makes the key, AES-256-GCM hides the text and notices any change. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { UserError } from '../errors.ts'

/** 128 MiB and about half a second a guess: OWASP's strongest row for scrypt (N=2^17, r=8, p=1). */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }

type Sealed = {
  readonly kdf: 'scrypt'
  readonly N: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly iv: string
  readonly tag: string
  readonly text: string
}

export const seal = (text: string, passphrase: string): string => {
  const [salt, iv] = [randomBytes(16), randomBytes(12)]
  const cipher = createCipheriv('aes-256-gcm', scryptSync(passphrase, salt, 32, cost), iv)
  const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const sealed: Sealed = {
    kdf: 'scrypt',
    N: cost.N,
    r: cost.r,
    p: cost.p,
    salt: salt.toString('base64'),
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: hidden.toString('base64'),
  }
  return `${JSON.stringify(sealed)}\n`
}

export const unseal = (json: string, passphrase: string, what: string): string => {
  const { N, r, p, salt, iv, tag, text } = JSON.parse(json) as Sealed
  const key = scryptSync(passphrase, Buffer.from(salt, 'base64'), 32, { N, r, p, maxmem: cost.maxmem })
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'))
  decipher.setAuthTag(Buffer.from(tag, 'base64'))
  try {
    return Buffer.concat([decipher.update(Buffer.from(text, 'base64')), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new UserError(`the passphrase does not open ${what}`, { cause })
  }
}
