/** The signature over a bundle's index: Ed25519, with a key that is made on first use and stays on this machine. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
  verify,
} from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { UserError } from '../errors.ts'

type Signature = { readonly publicKey: string; readonly signature: string }

const keyFile = (): string =>
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'slipway', 'bundle-key.pem')

/** Whoever comes second takes the key of the first. It appears whole: a link is made or is not. */
const makeKey = async (file: string): Promise<void> => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.${randomUUID()}`
  await writeFile(beside, pem, { mode: 0o600, flag: 'wx' })
  try {
    await link(beside, file)
  } catch (error) {
    if (!existsSync(file)) throw error
  } finally {
    await rm(beside)
  }
}

const privateKey = async (): Promise<KeyObject> => {
  const file = keyFile()
  if (!existsSync(file)) await makeKey(file)
  const pem = await readFile(file, 'utf8')
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new UserError(`${file} is not a private key`, {
      hint: 'restore it, or move it away: then a new one is made, which signs what is made from now on',
      cause,
    })
  }
}

export const signIndex = async (index: string): Promise<Signature> => {
  const key = await privateKey()
  return {
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    signature: sign(null, Buffer.from(index), key).toString('base64'),
  }
}

const shape = z.object({ publicKey: z.string(), signature: z.base64() })

/** `text`: that of the file beside the index, as it came. What cannot be read has signed nothing. */
export const isSignatureOf = (index: string, text: string): boolean => {
  try {
    const { publicKey, signature } = shape.parse(JSON.parse(text))
    return verify(null, Buffer.from(index), createPublicKey(publicKey), Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}
