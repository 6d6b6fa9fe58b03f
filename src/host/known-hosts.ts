/**
 * OpenSSH's known_hosts. Takes the texts of the files and the key that a server shows; gives a verdict. Pure.
 * sshd(8), SSH_KNOWN_HOSTS FILE FORMAT: patterns, `[host]:port`, hashed names, `@revoked`; `@cert-authority` lines are for host
 * certificates, which ssh2 does not speak, and are passed over.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

export type KnownHostsFile = { readonly path: string; readonly text: string }

export type KnownKey = {
  readonly type: string
  readonly key: string
  readonly revoked: boolean
  readonly file: string
  readonly line: number
}

export type Verdict =
  | { readonly kind: 'match' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked'; readonly at: KnownKey }
  | { readonly kind: 'changed'; readonly known: readonly KnownKey[] }

/** How a name is looked up: with its port unless that is 22. */
export const lookupName = (host: string, port: number): string => (port === 22 ? host : `[${host}]:${port}`)

const hashedMatches = (field: string, name: string): boolean => {
  const [, , salt = '', digest = ''] = field.split('|')
  const wanted = Buffer.from(digest, 'base64')
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest()
  return wanted.length === actual.length && timingSafeEqual(wanted, actual)
}

const globMatches = (pattern: string, name: string): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'i').test(name)
}

const hostsMatch = (field: string, name: string): boolean => {
  if (field.startsWith('|1|')) return hashedMatches(field, name)
  const patterns = field.split(',')
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  if (negated.some((pattern) => globMatches(pattern, name))) return false
  return patterns.some((pattern) => !pattern.startsWith('!') && globMatches(pattern, name))
}

export const knownKeys = (
  files: readonly KnownHostsFile[],
  host: string,
  port: number,
): readonly KnownKey[] => {
  const name = lookupName(host, port)
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => {
      const fields = line.trim().split(/\s+/)
      const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined
      const [hosts, type, key] = fields
      if (!hosts || hosts.startsWith('#') || !type || !key || marker === '@cert-authority') return []
      if (!hostsMatch(hosts, name)) return []
      return [{ type, key, revoked: marker === '@revoked', file: path, line: index + 1 }]
    }),
  )
}

export const judge = (known: readonly KnownKey[], shown: Buffer): Verdict => {
  const key = shown.toString('base64')
  const same = known.filter((each) => each.key === key)
  const revoked = same.find((each) => each.revoked)
  if (revoked) return { kind: 'revoked', at: revoked }
  if (same.length > 0) return { kind: 'match' }
  const others = known.filter((each) => !each.revoked)
  return others.length > 0 ? { kind: 'changed', known: others } : { kind: 'unknown' }
}

/** A line as ssh-keyscan writes it. */
export const knownHostsLine = (host: string, port: number, shown: Buffer): string => {
  const length = shown.readUInt32BE(0)
  const type = shown.subarray(4, 4 + length).toString('ascii')
  return `${lookupName(host, port)} ${type} ${shown.toString('base64')}\n`
}

const strongest = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** Known kinds of key first, as OpenSSH does: else a host that has several may look changed. */
export const hostKeyAlgorithms = (known: readonly KnownKey[]): readonly string[] => {
  const types = known.map(({ type }) => type)
  const isKnown = (algorithm: string): boolean =>
    types.includes(algorithm) || (algorithm.startsWith('rsa-') && types.includes('ssh-rsa'))
  return [...strongest.filter(isKnown), ...strongest.filter((algorithm) => !isKnown(algorithm))]
}
