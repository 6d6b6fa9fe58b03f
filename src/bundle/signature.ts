/** The signature over a bundle's index: Ed25519, with a key that is made on first use and stays on this machine. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

export type Signature = { readonly publicKey: string; readonly signature: string }

const keyFile = (): string =>
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'slipway', 'bundle-key.pem')

const privateKey = async (): Promise<string> => {
  const file = keyFile()
  if (existsSync(file)) return readFile(file, 'utf8')
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, pem, { mode: 0o600, flag: 'wx' })
  return pem
}

export const signIndex = async (index: string): Promise<Signature> => {
  const key = createPrivateKey(await privateKey())
  return {
    publicKey: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    signature: sign(null, Buffer.from(index), key).toString('base64'),
  }
}

export const isSignatureOf = (index: string, { publicKey, signature }: Signature): boolean =>
  verify(null, Buffer.from(index), createPublicKey(publicKey), Buffer.from(signature, 'base64'))
