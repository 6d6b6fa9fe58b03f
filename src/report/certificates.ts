/** The certificates of a cluster for people: one table, and below it what is wrong and what to do. Takes judged rows; gives text. */
import type { Advice } from '../certs/advice.ts'
import { belongs } from '../certs/belongs.ts'
import { secondsLeft } from '../certs/judge.ts'
import type { Place, ProblemKind, Row } from '../certs/types.ts'
import type { CertificatesReport } from './certificates-json.ts'
import { noPaint, type Paint } from './paint.ts'
import { oneLine } from './printable.ts'
import { columns } from './table.ts'
import { listed } from './words.ts'

const words: Readonly<Record<ProblemKind, string>> = {
  expired: 'expired',
  'expires-soon': 'expires soon',
  'not-yet-valid': 'not valid yet',
  stale: 'served, but not the one in its file',
  untrusted: 'of a CA that the control planes do not trust',
  unreadable: 'cannot be read',
  missing: 'missing',
}

/** Paths as they are told apart: `pki/etcd/ca.crt`, `kubelet/pki/kubelet.crt`, `.slipway/demo/kubeconfig`. */
export const placeText = (place: Place): string => {
  if (place.kind === 'port') return `port ${place.port}`
  const short = place.path.replace(/^\/etc\/kubernetes\/|^\/var\/lib\/|^.*(?=\.slipway\/)/, '')
  return place.kind === 'kubeconfig' && place.holds === 'trust' ? `${short} (trusts)` : short
}

const hostText = (host: string | undefined): string => host ?? 'here'

/** Whole units, rounded down: what remains is never less than is said. */
export const remainsText = (seconds: number): string => {
  if (seconds < 0) return `-${remainsText(-seconds)}`
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit))
  if (!hours) return `${minutes ?? 0} min`
  if (!days) return `${hours} h`
  return days < 2 * 365 ? `${days} d` : `${Math.floor(days / 365)} y`
}

/** Node tells a name in lines: `O=system:nodes` and `CN=system:node:w1`. */
const commonNameOf = (name: string): string => oneLine(/^CN=(.*)$/m.exec(name)?.[1] ?? name)

/** A line of the table: a certificate, however many places of a host it is in. */
type Line = Row & { readonly ports: readonly number[] }

/** It stands under the first place that it was found in, with the ports that serve it from there. */
const lineOf = (alike: readonly Row[]): readonly Line[] => {
  const [first, ...others] = alike
  if (!first) return []
  const ports = others.flatMap(({ place }) => (place.kind === 'port' ? [place.port] : []))
  return [{ ...first, ports, problems: [...new Set(alike.flatMap(({ problems }) => problems))] }]
}

/** What stands behind another certificate in its file is shown only where it ends before that one. */
const isShown = (row: Row, all: readonly Row[]): boolean => {
  const { place, certificate } = row
  if (place.kind !== 'file' || !certificate || belongs(place)?.kind === 'authority') return true
  const first = all.find((each) => each.place === place)?.certificate
  return first === certificate || (first !== undefined && certificate.validToDate < first.validToDate)
}

const linesOf = (rows: readonly Row[]): readonly Line[] => {
  const shown = rows.filter((row) => isShown(row, rows))
  const groups = Map.groupBy(shown, ({ host, place, certificate }) =>
    [hostText(host), certificate?.fingerprint256 ?? placeText(place)].join(' '),
  )
  return [...groups.values()].flatMap(lineOf)
}

const cells = ({ host, place, certificate, problems, ports }: Line, now: Date): readonly string[] => {
  const start = [hostText(host), placeText(place)]
  const told = problems.map((problem) => words[problem]).join(', ')
  if (!certificate) return [...start, '', '', '', '', '', told]
  return [
    ...start,
    commonNameOf(certificate.subject),
    certificate.subject === certificate.issuer ? 'itself' : commonNameOf(certificate.issuer),
    certificate.validToDate.toISOString().slice(0, 10),
    remainsText(secondsLeft(certificate, now)),
    ports.join(', '),
    told,
  ]
}

const heading = ['HOST', 'CERTIFICATE', 'OF', 'SIGNED BY', 'EXPIRES', 'REMAINS', 'SERVED ON', ''] as const

const table = (rows: readonly Row[], now: Date, paint: Paint): readonly string[] => {
  const shown = linesOf(rows)
  const [head = '', ...texts] = columns([heading, ...shown.map((line) => cells(line, now))], [5])
  const colour = (line: string, problems: readonly ProblemKind[]): string => {
    if (problems.length === 0) return line
    return problems.every((problem) => problem === 'expires-soon') ? paint.yellow(line) : paint.red(line)
  }
  return [paint.bold(head), ...texts.map((text, at) => colour(text, shown[at]?.problems ?? []))]
}

const adviceText = ({ problem, todo, rows }: Advice): readonly string[] => {
  const places = rows.map(({ host, place }) => `${hostText(host)} ${placeText(place)}`)
  return [`${words[problem]}: ${listed(places)}`, `  ${todo}`]
}

const silentText = (hosts: CertificatesReport['hosts']): readonly string[] =>
  hosts.flatMap(({ host, found, silent }) => {
    if (found.length === 0) return [`${host.name} has no certificates: it is not part of the cluster yet`]
    const reasons = Map.groupBy(silent, ({ why }) => oneLine(why))
    return [...reasons].map(([why, ports]) => {
      const servers = ports.map(({ port, server }) => `${port} (${server})`)
      return `${host.name} serves nothing on ${servers.join(', ')}: ${why}`
    })
  })

export const describeCertificates = (
  { rows, advice, hosts, now }: CertificatesReport,
  paint: Paint = noPaint,
): string => {
  const sections = [table(rows, now, paint), silentText(hosts), advice.flatMap(adviceText)]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
}
