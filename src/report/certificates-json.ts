/** The certificates of a cluster for programs: a shape that stays as it is. Takes judged rows; gives plain values for JSON. */
import type { Advice } from '../certs/advice.ts'
import { secondsLeft } from '../certs/judge.ts'
import type { HostCertificates, Place, ProblemKind, Row } from '../certs/types.ts'

/** Node tells a name in lines. */
const onOneLine = (name: string): string => name.replaceAll('\n', ', ')

type CertificateJson = {
  /** null: this machine. */
  readonly host: string | null
  readonly kind: 'file' | 'kubeconfig-client' | 'kubeconfig-ca' | 'served'
  readonly path: string | null
  readonly port: number | null
  /** null where there is no certificate that could be read. */
  readonly certificate: {
    readonly subject: string
    readonly issuer: string
    readonly ca: boolean
    readonly serial: string
    readonly sha256: string
    readonly notBefore: string
    readonly notAfter: string
    readonly remainingSeconds: number
  } | null
  /** Of a served one: whether it is the one in `path`; null where there is no file. */
  readonly sameAsFile: boolean | null
  readonly problems: readonly ProblemKind[]
}

const kindOf = (place: Place): CertificateJson['kind'] => {
  if (place.kind === 'port') return 'served'
  if (place.kind === 'file') return 'file'
  return place.holds === 'client' ? 'kubeconfig-client' : 'kubeconfig-ca'
}

const certificateJson = (
  certificate: NonNullable<Row['certificate']>,
  now: Date,
): CertificateJson['certificate'] => ({
  subject: onOneLine(certificate.subject),
  issuer: onOneLine(certificate.issuer),
  ca: certificate.ca,
  serial: certificate.serialNumber,
  sha256: certificate.fingerprint256,
  notBefore: certificate.validFromDate.toISOString(),
  notAfter: certificate.validToDate.toISOString(),
  remainingSeconds: secondsLeft(certificate, now),
})

const rowJson = ({ host, place, certificate, problems }: Row, now: Date): CertificateJson => ({
  host: host ?? null,
  kind: kindOf(place),
  path: (place.kind === 'port' ? place.file : place.path) ?? null,
  port: place.kind === 'port' ? place.port : null,
  certificate: certificate ? certificateJson(certificate, now) : null,
  sameAsFile: place.kind === 'port' && place.file !== undefined ? !problems.includes('stale') : null,
  problems,
})

export type CertificatesJson = {
  readonly cluster: string
  readonly checkedAt: string
  readonly warnSeconds: number | null
  readonly certificates: readonly CertificateJson[]
  /** Ports on which nothing is served. */
  readonly silent: readonly { readonly host: string; readonly port: number; readonly why: string }[]
  readonly unreachable: readonly { readonly host: string; readonly why: string }[]
  readonly todo: readonly { readonly problem: ProblemKind; readonly count: number; readonly todo: string }[]
}

export type CertificatesReport = {
  readonly cluster: string
  readonly rows: readonly Row[]
  readonly advice: readonly Advice[]
  readonly hosts: readonly HostCertificates[]
  readonly absent: readonly { readonly host: string; readonly why: string }[]
  readonly now: Date
  readonly warnSeconds: number | undefined
}

export const certificatesAsJson = (report: CertificatesReport): CertificatesJson => ({
  cluster: report.cluster,
  checkedAt: report.now.toISOString(),
  warnSeconds: report.warnSeconds ?? null,
  certificates: report.rows.map((row) => rowJson(row, report.now)),
  silent: report.hosts.flatMap(({ host, silent }) =>
    silent.map(({ port, why }) => ({ host: host.name, port, why })),
  ),
  unreachable: report.absent,
  todo: report.advice.map(({ problem, todo, rows }) => ({ problem, count: rows.length, todo })),
})
