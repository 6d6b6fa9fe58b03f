/** What a login needs, read from this machine: private keys that are there, and passwords from files that only we can read. */
import { readFile, stat } from 'node:fs/promises'
import ssh2, { type ParsedKey } from 'ssh2'
import { UserError } from '../errors.ts'
import type { SshTarget } from './ssh-target.ts'

/** Keys with a passphrase that somebody has opened, by file. */
export type OpenedKeys = ReadonlyMap<string, ParsedKey>

/** Told every secret that is met on the way to hosts, so that none is shown; and where keys are that were opened for this command. */
export type Secrets = {
  readonly add: (secret: string) => void
  readonly openedKeys?: OpenedKeys | undefined
}

export type Credentials = {
  readonly keys: readonly { readonly file: string; readonly key: string | ParsedKey }[]
  /** Files whose keys cannot be had without a passphrase. */
  readonly locked: readonly string[]
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

type Identity =
  | { readonly kind: 'key'; readonly file: string; readonly key: string | ParsedKey }
  | { readonly kind: 'locked'; readonly file: string }
  | { readonly kind: 'missing'; readonly file: string }

const readIdentity = async (file: string, opened: OpenedKeys | undefined): Promise<Identity> => {
  const open = opened?.get(file)
  if (open) return { kind: 'key', file, key: open }
  const key = await readFile(file, 'utf8').catch(() => undefined)
  if (key === undefined) return { kind: 'missing', file }
  const parsed = ssh2.utils.parseKey(key)
  if (!(parsed instanceof Error)) return { kind: 'key', file, key }
  if (/encrypted/i.test(parsed.message)) return { kind: 'locked', file }
  throw new UserError(`${file} is not a private key: ${parsed.message}`, {
    hint: 'name the private half: ssh.identityFile',
  })
}

export const readCredentials = async (target: SshTarget, opened?: OpenedKeys): Promise<Credentials> => {
  const identities = await Promise.all(target.identityFiles.map((file) => readIdentity(file, opened)))
  const { passwordFile, sudoPasswordFile } = target
  const password = passwordFile && (await readSecretFile(passwordFile, 'ssh.passwordFile'))
  const ofSudo = sudoPasswordFile && (await readSecretFile(sudoPasswordFile, 'ssh.sudoPasswordFile'))
  const sudoPassword = ofSudo ?? password
  const keys = identities.filter((identity) => identity.kind === 'key')
  const locked = identities.filter(({ kind }) => kind === 'locked').map(({ file }) => file)
  const tried = [
    ...keys.map(({ file }) => `key ${file}`),
    ...(target.agentSocket ? ['the agent'] : []),
    ...(password === undefined ? [] : ['the password']),
    ...locked.map((file) => `not ${file}, which has a passphrase`),
  ]
  return { keys, locked, password, sudoPassword, tried }
}
