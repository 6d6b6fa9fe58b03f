/** A private CA and a certificate of it for this machine's loopback, and for names that lead there, by openssl. Gives files. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { scratchDirectory } from './scratch.ts'

export type ServerCertificate = { readonly ca: string; readonly certificate: string; readonly key: string }

export const serverCertificate = (...names: readonly string[]): ServerCertificate => {
  const folder = scratchDirectory('certificate')
  const file = (part: string): string => join(folder, part)
  const request = (...more: readonly string[]): void => {
    const common = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
    ]
    execFileSync('openssl', [...common, ...more], { stdio: 'pipe' })
  }
  const subjects = ['IP:127.0.0.1', ...['localhost', ...names].map((name) => `DNS:${name}`)]
  request('-subj', '/CN=a private CA', '-keyout', file('ca.key'), '-out', file('ca.pem'))
  request(
    ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-subj', '/CN=a server'],
    ...['-addext', `subjectAltName=${subjects.join(',')}`, '-addext', 'basicConstraints=CA:FALSE'],
    ...['-keyout', file('server.key'), '-out', file('server.pem')],
  )
  return { ca: file('ca.pem'), certificate: file('server.pem'), key: file('server.key') }
}
