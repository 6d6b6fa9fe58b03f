/** Authorities and files for tests of the PKI: real keys of the fastest kind, and openssl to judge what is made with them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ClusterConfig, KeyAlgorithm } from '../../src/config/schema.ts'
import { type Authorities, createAuthorities, type OwnAuthorities } from '../../src/pki/authorities.ts'
import { type IdentityFile, issueIdentity } from '../../src/pki/identity.ts'
import { scratchDirectory } from './scratch.ts'

export const someday = new Date('2026-11-21T12:00:00Z')

export const authoritiesFor = (config: ClusterConfig, now = someday): Promise<OwnAuthorities> =>
  createAuthorities(config.certificates, now)

export type Contents = Readonly<Record<string, string>>

export const contentsOf = (files: readonly IdentityFile[]): Contents =>
  Object.fromEntries(files.map(({ path, content }) => [path, content]))

export type Identity = ReadonlyMap<string, readonly IdentityFile[]>

export const filesOf = (identity: Identity, host: string): readonly IdentityFile[] => {
  const files = identity.get(host)
  if (!files) throw new Error(`nothing was issued for ${host}`)
  return files
}

/** What every host would get; `there` is what stands on it already. */
export const issueFor = (
  config: ClusterConfig,
  authorities: Authorities,
  there: Readonly<Record<string, Contents>> = {},
  now = someday,
  renew?: (file: string, host: string) => boolean,
): Promise<Identity> => {
  const existing = new Map(config.hosts.map(({ name }) => [name, there[name] ?? {}]))
  return issueIdentity({ config, authorities, existing, now, renew })
}

export const placeFiles = (root: string, files: readonly IdentityFile[]): void => {
  for (const { path, content, mode } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content, { mode })
  }
}

export const openssl = (args: readonly string[], input = ''): string =>
  execFileSync('openssl', [...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })

/** Throws what openssl says unless the certificate is good under that CA, by the letter of RFC 5280, at that time. */
export const verifyWithOpenssl = (certPem: string, caPem: string, at = someday): string => {
  const folder = scratchDirectory('verify')
  writeFileSync(join(folder, 'leaf.pem'), certPem)
  writeFileSync(join(folder, 'ca.pem'), caPem)
  const seconds = String(Math.floor(at.getTime() / 1000))
  return openssl([
    'verify',
    '-x509_strict',
    '-attime',
    seconds,
    '-CAfile',
    join(folder, 'ca.pem'),
    join(folder, 'leaf.pem'),
  ])
}

export const everyAlgorithm: readonly KeyAlgorithm[] = [
  'ECDSA-P256',
  'ECDSA-P384',
  'RSA-2048',
  'RSA-3072',
  'RSA-4096',
]
