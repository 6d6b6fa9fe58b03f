/** A private CA and a certificate of it for this machine's loopback, by openssl. Gives files. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { scratchDirectory } from './scratch.ts'

export type ServerCertificate = { readonly ca: string; readonly certificate: string; readonly key: string }

export const serverCertificate = (): ServerCertificate => {
  const folder = scratchDirectory('certificate')
  const file = (name: string): string => join(folder, name)
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
  request('-subj', '/CN=a private CA', '-keyout', file('ca.key'), '-out', file('ca.pem'))
  request(
    ...['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-subj', '/CN=a server'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-addext', 'basicConstraints=CA:FALSE'],
    ...['-keyout', file('server.key'), '-out', file('server.pem')],
  )
  return { ca: file('ca.pem'), certificate: file('server.pem'), key: file('server.key') }
}
