/** What is wrong with each certificate of a cluster. Takes all that was found, and the time; gives a row for each. Pure. */
import type { X509Certificate } from 'node:crypto'
import { pkiDirectory } from '../constants.ts'
import type { AuthorityId } from '../pki/table.ts'
import { belongs, expectedPaths } from './belongs.ts'
import type { Everywhere, Found, HostCertificates, ProblemKind, Row } from './types.ts'

export type When = {
  readonly now: Date
  /** What has less than this left is told before it has expired. */
  readonly warnSeconds?: number | undefined
}

export const secondsLeft = (certificate: X509Certificate, now: Date): number =>
  Math.floor((certificate.validToDate.getTime() - now.getTime()) / 1000)

export const judge = ({ hosts, here }: Everywhere, when: When): readonly Row[] => {
  const trusted = trustedIn({ hosts, here })
  const rowOf = (host: string | undefined, all: readonly Found[], found: Found): Row => ({
    ...found,
    host,
    problems: [
      ...timeProblems(found, when),
      ...(isStale(found, all) ? (['stale'] as const) : []),
      ...(isUntrusted(found, all, trusted) ? (['untrusted'] as const) : []),
    ],
  })
  return [
    ...hosts.flatMap((one) => [
      ...one.found.map((found) => rowOf(one.host.name, one.found, found)),
      ...missingRows(one),
    ]),
    ...here.map((found) => rowOf(undefined, here, found)),
  ]
}

const timeProblems = ({ certificate }: Found, { now, warnSeconds = 0 }: When): readonly ProblemKind[] => {
  if (!certificate) return ['unreadable']
  const left = secondsLeft(certificate, now)
  if (left <= 0) return ['expired']
  if (certificate.validFromDate > now) return ['not-yet-valid']
  return left < warnSeconds ? ['expires-soon'] : []
}

/** The first of a file is what it is there for; behind it may stand its chain. */
export const isFirst = ({ place, certificate }: Found, all: readonly Found[]): boolean =>
  all.find((each) => each.place === place)?.certificate === certificate

const isStale = ({ place, certificate }: Found, all: readonly Found[]): boolean => {
  if (place.kind !== 'port' || place.file === undefined) return false
  const standing = all.find((each) => each.place.kind === 'file' && each.place.path === place.file)
  return standing?.certificate !== undefined && !isSame(standing.certificate, certificate)
}

const isSame = (a: X509Certificate, b: X509Certificate | undefined): boolean =>
  a.fingerprint256 === b?.fingerprint256

type Trusted = Readonly<Record<AuthorityId, readonly X509Certificate[]>>

/** The control planes decide who is let in: what they trust counts; what others have, only where none of them can be asked. */
const trustedIn = ({ hosts, here }: Everywhere): Trusted => {
  const ofRole = (role: string): readonly Found[] =>
    hosts.flatMap(({ host, found }) => (host.role === role ? found : []))
  const sources = [ofRole('control-plane'), here, ofRole('worker')]
  const pick = (id: AuthorityId): readonly X509Certificate[] =>
    sources.map((found) => authoritiesIn(found, id)).find(({ length }) => length > 0) ?? []
  return { ca: pick('ca'), frontProxyCa: pick('frontProxyCa'), etcdCa: pick('etcdCa') }
}

const authoritiesIn = (found: readonly Found[], id: AuthorityId): readonly X509Certificate[] =>
  found.flatMap(({ place, certificate }) => {
    const of = place.kind === 'file' ? belongs(place) : undefined
    return certificate && of?.kind === 'authority' && of.id === id ? [certificate] : []
  })

const isUntrusted = (found: Found, all: readonly Found[], trusted: Trusted): boolean => {
  const { place, certificate } = found
  const of = belongs(place)
  if (!certificate || !of) return false
  if (of.kind === 'authority') return !trusted[of.id].some((one) => isSame(one, certificate))
  return (
    isFirst(found, all) &&
    !trusted[of.of].some((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey))
  )
}

/** On a host that is no part of the cluster yet, nothing is missing. */
const missingRows = ({ host, found }: HostCertificates): readonly Row[] => {
  const there = new Set(found.flatMap(({ place }) => (place.kind === 'port' ? [] : [place.path])))
  if (!there.has(`${pkiDirectory}/ca.crt`)) return []
  return expectedPaths(host.role)
    .filter((path) => !there.has(path))
    .map((path) => ({
      host: host.name,
      place: { kind: 'file', path },
      certificate: undefined,
      problems: ['missing'],
    }))
}
