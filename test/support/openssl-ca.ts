/** A CA that is somebody else's: made and used by openssl alone. Takes a folder for its files; gives certificates for requests. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type OpensslKey = 'P-256' | 'P-384' | 'RSA-2048'

const keyArguments: Readonly<Record<OpensslKey, readonly string[]>> = {
  'P-256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'P-384': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'RSA-2048': ['-newkey', 'rsa:2048'],
}

const run = (args: readonly string[], input = ''): string =>
  execFileSync('openssl', [...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })

/** Paths. */
export type OpensslCa = { readonly key: string; readonly certificate: string }

const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign']

const signedBy = ({ certificate, key }: OpensslCa): readonly string[] => ['-CA', certificate, '-CAkey', key]

/** Vouches for itself, or is issued by another. */
export const opensslCa = (
  folder: string,
  name: string,
  { key: kind = 'P-256', issuer }: { readonly key?: OpensslKey; readonly issuer?: OpensslCa } = {},
): OpensslCa => {
  const ca = { key: join(folder, `${name}.key`), certificate: join(folder, `${name}.crt`) }
  const asRequest = [...keyArguments[kind], '-nodes', '-keyout', ca.key, '-subj', `/O=Example/CN=${name}`]
  const added = extensions.flatMap((extension) => ['-addext', extension])
  if (!issuer) {
    run(['req', '-x509', ...asRequest, '-days', '3650', '-out', ca.certificate, ...added])
    return ca
  }
  const request = run(['req', '-new', ...asRequest, ...added])
  writeFileSync(ca.certificate, opensslSign(issuer, request, { days: 3000 }))
  return ca
}

/** With the extensions that the request asks for, or others from a file. */
export const opensslSign = (
  ca: OpensslCa,
  request: string,
  { days = 30, extensions: file }: { readonly days?: number; readonly extensions?: string } = {},
): string => {
  const asked = file === undefined ? ['-copy_extensions', 'copy'] : ['-extfile', file]
  return run(['x509', '-req', ...signedBy(ca), '-days', String(days), ...asked], request)
}

/** Every request of a folder, each certificate beside it. */
export const opensslSignAll = (ca: OpensslCa, folder: string): void => {
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.csr'))) {
    const certificate = opensslSign(ca, readFileSync(join(folder, name), 'utf8'))
    writeFileSync(join(folder, name.replace(/csr$/, 'crt')), certificate)
  }
}

export const certificateOf = ({ certificate }: OpensslCa): string => readFileSync(certificate, 'utf8')
