/**
 * What the user's ssh_config says of a host: the few keywords that are followed here. Takes its text, a name and the local account;
 * gives the settings, `%` words expanded (ssh_config(5), TOKENS).
 */
import SSHConfig from 'ssh-config'
import { errorMessage, UserError } from '../errors.ts'

export type Account = { readonly home: string; readonly localUser: string }

export type ConfiguredHost = {
  readonly hostName: string
  readonly port: number
  readonly user: string
  readonly identityFiles: readonly string[]
  /** A socket, `none`, or `SSH_AUTH_SOCK`, which is also what nothing said means. */
  readonly identityAgent: string
  readonly knownHostsFiles: readonly string[]
  /** `[user@]host[:port]`, the first one first. */
  readonly jumps: readonly string[]
  readonly proxyCommand: string | undefined
}

/** OpenSSH's own order (ssh_config(5), IdentityFile). */
const defaultIdentities = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((file) => `~/.ssh/${file}`)
const defaultKnownHosts = ['~/.ssh/known_hosts', '/etc/ssh/ssh_known_hosts']

const orElse = (given: readonly string[], otherwise: readonly string[]): readonly string[] =>
  given.length > 0 ? given : otherwise

const expandWords = (text: string, words: Readonly<Record<string, string>>): string =>
  text.replaceAll(/%(.)/g, (whole, letter: string) => words[letter] ?? whole)

/** Keywords are the same in any case, and people write them in all of them. */
const lookUp = (text: string, name: string) => {
  try {
    return SSHConfig.parse(text).compute(name, { ignoreCase: true })
  } catch (cause) {
    throw new UserError(`ssh_config cannot be read: ${errorMessage(cause)}`, {
      hint: `see what ssh says of it: ssh -G ${name}`,
      cause,
    })
  }
}

export const configuredHost = (text: string, name: string, { home, localUser }: Account): ConfiguredHost => {
  const said = lookUp(text, name)
  const list = (keyword: string): readonly string[] => [said[keyword] ?? []].flat()
  const word = (keyword: string): string | undefined => {
    const value = list(keyword).join(' ')
    return value === '' || value === 'none' ? undefined : value
  }
  const hostName = expandWords(word('hostname') ?? name, { '%': '%', h: name })
  const user = word('user') ?? localUser
  const words = { '%': '%', d: home, h: hostName, r: user, u: localUser }
  return {
    hostName,
    port: Number(word('port') ?? 22),
    user,
    identityFiles: orElse(list('identityfile'), defaultIdentities).map((file) => expandWords(file, words)),
    identityAgent: expandWords(list('identityagent')[0] ?? 'SSH_AUTH_SOCK', words),
    knownHostsFiles: orElse(list('userknownhostsfile'), defaultKnownHosts).map((file) =>
      expandWords(file, words),
    ),
    jumps: word('proxyjump')?.split(',') ?? [],
    proxyCommand: word('proxycommand'),
  }
}
