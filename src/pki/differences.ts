/** What a certificate says and what was asked for, side by side. Takes both; gives a phrase for each difference, for a person to read. */
import type { X509Certificate } from 'node:crypto'
import { encode } from './der.ts'
import { usageOids } from './extensions.ts'
import type { Wanted } from './issue.ts'
import { alternativeName, type Subject } from './names.ts'
import { type ReadCertificate, subjectOf } from './read-certificate.ts'

const dnsTag = 0x82
const addressTag = 0x87

/** From the hex of a GeneralName's DER. */
const nameText = (hex: string): string => {
  const [tag, , ...value] = Buffer.from(hex, 'hex')
  if (tag === dnsTag) return Buffer.from(value).toString('latin1')
  if (tag === addressTag && value.length === 4) return value.join('.')
  if (tag === addressTag)
    return Buffer.from(value)
      .toString('hex')
      .replaceAll(/(.{4})(?!$)/g, '$1:')
  return `a name of another kind (${hex})`
}

const subjectText = ({ commonName, organizations }: Subject): string =>
  [`CN=${commonName}`, ...organizations.toSorted().map((name) => `O=${name}`)].join(', ')

const subjectDifference = (x509: X509Certificate, wanted: Subject): readonly string[] => {
  const [has, asked] = [subjectText(subjectOf(x509)), subjectText(wanted)]
  return has === asked ? [] : [`its subject is ${has}; asked for was ${asked}`]
}

const setDifference = (
  what: string,
  has: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  shown: (one: string) => string,
): readonly string[] => {
  const lacking = [...wanted].filter((one) => !has.has(one)).map(shown)
  const added = [...has].filter((one) => !wanted.has(one)).map(shown)
  return [
    ...(lacking.length > 0 ? [`it lacks the ${what} ${lacking.join(', ')}`] : []),
    ...(added.length > 0 ? [`it has the ${what} ${added.join(', ')}, not asked for`] : []),
  ]
}

const usageText = (oid: string): string =>
  Object.entries(usageOids).find(([, known]) => known === oid)?.[0] ?? oid

export const differencesOf = ({ x509, names }: ReadCertificate, wanted: Wanted): readonly string[] => {
  const namesAsked = new Set(wanted.names.map((name) => encode(alternativeName(name)).toString('hex')))
  const usagesAsked = new Set(wanted.usages.map((usage) => usageOids[usage]))
  return [
    ...subjectDifference(x509, wanted.subject),
    ...setDifference('names and addresses', names, namesAsked, nameText),
    ...setDifference('usages', new Set(x509.keyUsage ?? []), usagesAsked, usageText),
  ]
}
