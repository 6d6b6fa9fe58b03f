/** The key that signs bundles: made on first use, never replaced, and nobody else's to read. Takes nothing; gives the key. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UserError } from '../errors.ts'

export const signingKeyFile = (): string =>
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'slipway', 'bundle-key.pem')

/** Whoever comes second takes the key of the first. It appears whole: a link is made or is not. */
const makeKey = async (file: string): Promise<boolean> => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const beside = `${file}.${randomUUID()}`
  await writeFile(beside, pem, { mode: 0o600, flag: 'wx' })
  try {
    await link(beside, file)
    return true
  } catch (error) {
    if (existsSync(file)) return false
    throw error
  } finally {
    await rm(beside)
  }
}

export const signingKey = async (): Promise<{ readonly key: KeyObject; readonly made: boolean }> => {
  const file = signingKeyFile()
  const made = existsSync(file) ? false : await makeKey(file)
  const pem = await readFile(file, 'utf8')
  try {
    return { key: createPrivateKey(pem), made }
  } catch (cause) {
    throw new UserError(`${file} is not a private key`, {
      hint: 'restore it, or move it away: then a new one is made, which signs what is made from now on',
      cause,
    })
  }
}
