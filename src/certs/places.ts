/** What files hold of certificates. Takes the text of a file, or the answer of read-host.sh; gives each certificate with its place. */
import { X509Certificate } from 'node:crypto'
import { certificatesIn } from '../pki/read-certificate.ts'
import type { Found, Place } from './types.ts'

export const readCertificates = (place: Place, pem: string): readonly Found[] => {
  const found = certificatesIn(pem).map((each) => ({ place, certificate: parsed(each) }))
  return found.length > 0 ? found : [{ place, certificate: undefined }]
}

const parsed = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** A field a line, as kubeadm, kubectl and Slipway write them: `client-certificate-data: LS0t…`. */
const fields = [
  { holds: 'trust', pattern: /^[ -]*certificate-authority-data: *"?([^\s"]*)/gm },
  { holds: 'client', pattern: /^[ -]*client-certificate-data: *"?([^\s"]*)/gm },
] as const

export const readKubeconfigCertificates = (path: string, text: string): readonly Found[] =>
  fields.flatMap(({ holds, pattern }) =>
    [...text.matchAll(pattern)].flatMap(([, base64 = '']) =>
      readCertificates({ kind: 'kubeconfig', path, holds }, Buffer.from(base64, 'base64').toString('utf8')),
    ),
  )

/** undefined when the answer was cut off. */
export const readAnswer = (answer: string): readonly Found[] | undefined => {
  const lines = answer.split('\n').filter((line) => line !== '')
  if (lines.pop() !== 'end') return undefined
  const starts = lines.flatMap((line, at) => (line.startsWith('/') ? [at] : []))
  return starts.flatMap((start, nth) => {
    const [path = '', ...held] = lines.slice(start, starts[nth + 1])
    const text = held.map((line) => line.slice(1)).join('\n')
    return path.endsWith('.conf')
      ? readKubeconfigCertificates(path, text)
      : readCertificates({ kind: 'file', path }, text)
  })
}
