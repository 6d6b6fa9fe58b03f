/** What a login needs, read from this machine: private keys that are there, and passwords from files that only we can read. */
import { readFile, stat } from 'node:fs/promises'
import ssh2 from 'ssh2'
import { UserError } from '../errors.ts'
import type { SshTarget } from './ssh-target.ts'

export type Credentials = {
  readonly keys: readonly { readonly file: string; readonly key: string }[]
  readonly password: string | undefined
  readonly sudoPassword: string | undefined
  /** What was looked at, for the message when nothing of it was accepted. */
  readonly tried: readonly string[]
}

const groupOrWorld = 0o077

/** `what`: the flag or the line of the cluster file that names it. */
export const readSecretFile = async (file: string, what: string): Promise<string> => {
  const { mode } = await stat(file).catch((cause: unknown) => {
    throw new UserError(`${what}: cannot read ${file}`, { cause })
  })
  if ((mode & groupOrWorld) !== 0)
    throw new UserError(`${what}: ${file} can be read by others`, { hint: `chmod 600 ${file}` })
  const secret = (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  if (secret === '') throw new UserError(`${what}: ${file} is empty`, { hint: 'write the secret into it' })
  return secret
}

const readKey = async (
  file: string,
): Promise<{ readonly file: string; readonly key: string } | undefined> => {
  const key = await readFile(file, 'utf8').catch(() => undefined)
  if (key === undefined) return undefined
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) {
    if (/encrypted/i.test(parsed.message))
      throw new UserError(`the key ${file} has a passphrase`, {
        hint: `add it to the agent first: ssh-add ${file}`,
      })
    throw new UserError(`${file} is not a private key: ${parsed.message}`)
  }
  return { file, key }
}

export const readCredentials = async (target: SshTarget): Promise<Credentials> => {
  const keys = await Promise.all(
    target.identityFiles.map((file) =>
      readKey(file).catch((error: unknown) => {
        // With an agent, a key that is protected here may be open there.
        if (target.agentSocket) return undefined
        throw error
      }),
    ),
  )
  const { passwordFile, sudoPasswordFile } = target
  const password = passwordFile && (await readSecretFile(passwordFile, 'ssh.passwordFile'))
  const ofSudo = sudoPasswordFile && (await readSecretFile(sudoPasswordFile, 'ssh.sudoPasswordFile'))
  const sudoPassword = ofSudo ?? password
  const found = keys.flatMap((key) => key ?? [])
  const tried = [
    ...found.map(({ file }) => `key ${file}`),
    ...(target.agentSocket ? ['the agent'] : []),
    ...(password === undefined ? [] : ['the password']),
  ]
  return { keys: found, password, sudoPassword, tried }
}
