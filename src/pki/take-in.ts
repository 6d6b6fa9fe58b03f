/**
 * What a CA has given for a request. Takes the text of its answer, what was asked for, and the key that is waiting for it; gives the
 * pair as hosts get it, or what is wrong with the answer. Pure.
 */
import { createPrivateKey } from 'node:crypto'
import { differencesOf } from './differences.ts'
import { type Issuing, type PemPair, servedBehind } from './issue.ts'
import { certificatesIn, isIssuedBy, type ReadCertificate, readCertificate } from './read-certificate.ts'
import type { Request } from './requests.ts'

export type Answer =
  | { readonly kind: 'good'; readonly pair: PemPair }
  | { readonly kind: 'wrong'; readonly why: readonly string[] }

export type Answered = {
  readonly request: Request
  readonly authority: Issuing
  /** Of which the answer may be: the one that waits, and the one that is in use. */
  readonly keys: readonly string[]
  readonly now: Date
}

const wrong = (...why: readonly string[]): Answer => ({ kind: 'wrong', why })

const readAll = (text: string): readonly { readonly pem: string; readonly read: ReadCertificate }[] => {
  try {
    return certificatesIn(text).map((pem) => ({ pem, read: readCertificate(pem) }))
  } catch {
    return []
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10)

const faultsOf = (
  { pem, read }: { readonly pem: string; readonly read: ReadCertificate },
  { request, authority, now }: Answered,
): readonly string[] => {
  const { x509 } = read
  const own = readCertificate(authority.certPem).x509
  const issuer = isIssuedBy(pem, authority.certPem)
    ? []
    : [`${oneLine(x509.issuer)} signed it, and not ${oneLine(own.subject)}, the CA that was asked`]
  const expired = x509.validToDate <= now ? [`it expired on ${day(x509.validToDate)}`] : []
  const early = x509.validFromDate > now ? [`it is valid from ${day(x509.validFromDate)} on`] : []
  const isCa = x509.ca ? ['it is the certificate of a CA'] : []
  return [...issuer, ...expired, ...early, ...isCa, ...differencesOf(read, request.wanted)]
}

/** Node puts each part of a name on a line of its own. */
const oneLine = (name: string): string => name.split('\n').join(', ')

/** CAs put others along with it, before or behind: it is the one for our key. */
export const answerTo = (text: string, answered: Answered): Answer => {
  const all = readAll(text)
  if (all.length === 0)
    return wrong('it holds no certificate that can be read: PEM is expected, BEGIN CERTIFICATE')
  for (const keyPem of answered.keys) {
    const key = createPrivateKey(keyPem)
    const found = all.find(({ read }) => read.x509.checkPrivateKey(key))
    if (!found) continue
    const why = faultsOf(found, answered)
    if (why.length > 0) return wrong(...why)
    return { kind: 'good', pair: { certPem: found.pem + servedBehind(answered.authority), keyPem } }
  }
  return wrong(
    'it is for another key than the one that was asked for: it belongs to another request, or to an earlier one',
  )
}
