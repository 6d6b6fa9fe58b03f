/**
 * A control plane's identity as facts that can be compared with another's: no keys, no dates, only what is chosen. Takes the files
 * by path below /etc/kubernetes, with their modes; gives `where` → what it says, certificates as openssl reads them.
 */
import { X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openssl } from './pki.ts'

export type Placed = { readonly text: string; readonly mode: number }
export type Described = Readonly<Record<string, string>>

export const readPlaced = (root: string): Readonly<Record<string, Placed>> =>
  Object.fromEntries(
    readdirSync(root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name)
        const mode = statSync(path).mode & 0o777
        return [path.slice(root.length + 1), { text: readFileSync(path, 'utf8'), mode }]
      }),
  )

const keyIdOf = (pem: string, extension: string): string | undefined =>
  /[0-9A-F]{2}(:[0-9A-F]{2}){19}/.exec(openssl(['x509', '-noout', '-ext', extension], pem))?.[0]

/** Key ids differ always; what they point to must not. */
const relation = (pem: string, issuerPem: string): Described => {
  const [own, authority] = [keyIdOf(pem, 'subjectKeyIdentifier'), keyIdOf(pem, 'authorityKeyIdentifier')]
  const issuer = keyIdOf(issuerPem, 'subjectKeyIdentifier')
  return {
    'subject key id': own ? 'present' : 'none',
    'authority key id': authority ? (authority === issuer ? "the issuer's" : 'a wrong one') : 'none',
  }
}

/** Name and value of each extension that is not a key id; alternative names in one order, since theirs means nothing. */
const extensionsOf = (text: string): Described => {
  const block = text.split('X509v3 extensions:')[1]?.split('    Signature Algorithm:')[0] ?? ''
  const found = [...block.matchAll(/^ {12}X509v3 ([^:]+): ?(\S*)\s*\n {16}(.*)$/gm)]
  return Object.fromEntries(
    found
      .filter(([, name]) => !name?.endsWith('Key Identifier'))
      .map(([, name, critical, value]) => [
        `${name}${critical ? ` (${critical})` : ''}`,
        (value ?? '').trim().split(', ').sort().join(', '),
      ]),
  )
}

/** kubeadm looks at its clock once for the beginning and once for the end: a second may lie between. */
const minutes = (from: Date, until: Date): number => Math.round((until.getTime() - from.getTime()) / 60_000)

const describeCertificate = (pem: string, issuerPem: string): Described => {
  const text = openssl(['x509', '-noout', '-text'], pem)
  const read = new X509Certificate(pem)
  return {
    version: /Version: (\d)/.exec(text)?.[1] ?? '',
    'signature algorithm': /Signature Algorithm: (\S+)/.exec(text)?.[1] ?? '',
    key: /Public-Key: \((\d+ bit)\)/.exec(text)?.[1] ?? '',
    subject: read.subject,
    issuer: read.issuer,
    'name types': openssl(['x509', '-noout', '-subject', '-nameopt', 'multiline,show_type'], pem).trim(),
    'minutes valid': String(minutes(read.validFromDate, read.validToDate)),
    'serial bytes': String(read.serialNumber.length / 2),
    ...relation(pem, issuerPem),
    ...extensionsOf(text),
  }
}

const withPrefix = (prefix: string, described: Described): Described =>
  Object.fromEntries(Object.entries(described).map(([name, value]) => [`${prefix}: ${name}`, value]))

const embedded = /(\S+)-data: (\S+)/g

/** The text with what is embedded replaced by its kind, and the certificate described. */
const describeKubeconfig = (path: string, text: string, caPem: string): Described => {
  const decoded = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
  const parts = new Map([...text.matchAll(embedded)].map(([, name = '', data = '']) => [name, decoded(data)]))
  const shown = text.replace(
    embedded,
    (_, name: string) => `${name}-data: <${labelOf(parts.get(name) ?? '')}>`,
  )
  return {
    [`${path}: text`]: shown,
    [`${path}: trusts`]: parts.get('certificate-authority') === caPem ? 'pki/ca.crt' : 'something else',
    ...withPrefix(path, describeCertificate(parts.get('client-certificate') ?? '', caPem)),
  }
}

const labelOf = (pem: string): string => /-----BEGIN ([A-Z ]+)-----/.exec(pem)?.[1] ?? 'nothing'

const issuerFile = (files: Readonly<Record<string, Placed>>, pem: string): string => {
  const leaf = new X509Certificate(pem)
  const authorities = ['pki/ca.crt', 'pki/front-proxy-ca.crt', 'pki/etcd/ca.crt'].map(
    (path) => files[path]?.text ?? '',
  )
  return authorities.find((authority) => leaf.verify(new X509Certificate(authority).publicKey)) ?? ''
}

export const describePki = (files: Readonly<Record<string, Placed>>): Described =>
  Object.assign(
    {},
    ...Object.entries(files).map(([path, { text, mode }]): Described => {
      const always = { [`${path}: mode`]: mode.toString(8) }
      if (path.endsWith('.conf')) {
        return { ...always, ...describeKubeconfig(path, text, files['pki/ca.crt']?.text ?? '') }
      }
      if (!path.endsWith('.crt')) return { ...always, [`${path}: kind`]: labelOf(text) }
      return { ...always, ...withPrefix(path, describeCertificate(text, issuerFile(files, text))) }
    }),
  )
