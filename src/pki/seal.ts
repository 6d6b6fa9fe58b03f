/** Texts under a passphrase: scrypt makes the key, AES-256-GCM seals. Takes text and passphrase; gives JSON, and back. */
import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto'
import { z } from 'zod'
import { UserError } from '../errors.ts'

/** OWASP's password storage cheat sheet: N=2^17, r=8, p=1, which takes 128 MiB and a good part of a second. */
const cost = { N: 2 ** 17, r: 8, p: 1 }
/** Node's limit is 32 MiB unless told; scrypt needs 128·N·r bytes and a little. */
const maxmem = 256 * 1024 * 1024

const sealedShape = z.strictObject({
  sealed: z.literal('scrypt+aes-256-gcm'),
  scrypt: z.strictObject({
    N: z.int().min(2).max(cost.N),
    r: z.int().min(1).max(cost.r),
    p: z.int().min(1).max(cost.p),
  }),
  salt: z.base64(),
  nonce: z.base64(),
  tag: z.base64(),
  text: z.base64(),
})

const deriveKey = (passphrase: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((done, failed) =>
    scrypt(passphrase.normalize('NFC'), salt, 32, { ...options, maxmem }, (error, key) =>
      error ? failed(error) : done(key),
    ),
  )

/** What a passphrase makes of salts. Deriving is dear on purpose: what is sealed together has one salt, and pays once. */
export type Passphrase = {
  readonly salt: Buffer
  readonly keyFor: (salt: Buffer, options: ScryptOptions) => Promise<Buffer>
}

export const passphraseOf = (text: string): Passphrase => {
  const keys = new Map<string, Promise<Buffer>>()
  return {
    salt: randomBytes(16),
    keyFor: (salt, options) => {
      const id = JSON.stringify([salt.toString('base64'), options])
      const key = keys.get(id) ?? deriveKey(text, salt, options)
      keys.set(id, key)
      return key
    },
  }
}

/** `name` is sealed with the text, so that one sealed key cannot be put in the place of another. */
export const seal = async (text: string, name: string, { salt, keyFor }: Passphrase): Promise<string> => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', await keyFor(salt, cost), nonce)
  cipher.setAAD(Buffer.from(name))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const fields = { salt, nonce, tag: cipher.getAuthTag(), text: sealed }
  const encoded = Object.entries(fields).map(([field, bytes]) => [field, bytes.toString('base64')])
  return `${JSON.stringify({ sealed: 'scrypt+aes-256-gcm', scrypt: cost, ...Object.fromEntries(encoded) }, null, 2)}\n`
}

const parseSealed = (json: string, name: string): z.output<typeof sealedShape> => {
  try {
    return sealedShape.parse(JSON.parse(json))
  } catch (cause) {
    throw new UserError(`${name} is not a sealed key`, { hint: 'restore it from a backup', cause })
  }
}

export const unseal = async (json: string, name: string, passphrase: Passphrase): Promise<string> => {
  const fields = parseSealed(json, name)
  const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')
  const key = await passphrase.keyFor(bytes(fields.salt), fields.scrypt)
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes(fields.nonce), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(name)).setAuthTag(bytes(fields.tag))
    return Buffer.concat([decipher.update(bytes(fields.text)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new UserError(`the passphrase does not open ${name}`, {
      hint: 'give the passphrase that it was sealed with; if that is right, the file is damaged: restore it from a backup',
      cause,
    })
  }
}
