/** What to do about what is wrong. Takes judged rows; gives, for each thing to do, what it is for. Pure. */
import { kubeletClientCertificate, kubeletServingCertificate } from '../constants.ts'
import { belongs, kubeletServerCertificate } from './belongs.ts'
import type { Place, ProblemKind, Row } from './types.ts'

export type Advice = { readonly problem: ProblemKind; readonly todo: string; readonly rows: readonly Row[] }

/** Renewing takes names, and several at once; everything else is the whole of what to do. */
type Remedy =
  | { readonly kind: 'renew'; readonly name: string }
  | { readonly kind: 'do'; readonly what: string }

export const adviceOn = (rows: readonly Row[], clusterFile: string): readonly Advice[] => {
  const single = rows.flatMap((row) =>
    row.problems.map((problem) => ({ problem, row, remedy: remedyFor(problem, row, clusterFile) })),
  )
  const groups = Map.groupBy(single, ({ problem, remedy }) =>
    remedy.kind === 'renew' ? problem : `${problem} ${remedy.what}`,
  )
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const remedies = group.map(({ remedy }) => remedy)
    return [
      { problem: first.problem, todo: todoOf(remedies, clusterFile), rows: group.map(({ row }) => row) },
    ]
  })
}

/** With so many names, all of them are meant. */
const manyNames = 5

const todoOf = (alike: readonly Remedy[], clusterFile: string): string => {
  const whole = alike.find((remedy) => remedy.kind === 'do')
  if (whole) return whole.what
  const names = [...new Set(alike.flatMap((remedy) => (remedy.kind === 'renew' ? [remedy.name] : [])))]
  return `slipway certs renew ${names.length < manyNames ? names.join(' ') : '--all'} -c ${clusterFile}`
}

/** An install leaves it to the kubelet, which does not know that nobody lets it in. */
const isKubelets = (place: Place): boolean => place.kind === 'file' && place.path in nameByPath

const rotateNames = { ca: 'ca', etcdCa: 'etcd-ca', frontProxyCa: 'front-proxy-ca' } as const

const remedyFor = (problem: ProblemKind, { host, place }: Row, clusterFile: string): Remedy => {
  const run = (command: string): Remedy => ({ kind: 'do', what: `slipway ${command} -c ${clusterFile}` })
  const renew: Remedy = { kind: 'renew', name: renewalName(place) }
  if (problem === 'not-yet-valid')
    return { kind: 'do', what: `compare the clocks: run date here and on ${host ?? 'the hosts'}` }
  if (host === undefined && place.kind === 'kubeconfig')
    return problem === 'expires-soon' ? renew : run('kubeconfig')
  if (problem === 'missing' || problem === 'unreadable') return run('apply')
  if (problem === 'untrusted') return isKubelets(place) ? renew : run('apply')
  const of = belongs(place)
  if (of?.kind === 'authority') return run(`certs rotate-ca ${rotateNames[of.id]}`)
  const madeByServer = place.kind === 'port' && place.file === undefined
  return problem === 'expired' && !madeByServer ? run('certs rescue') : renew
}

/** What keeps its certificate in memory makes another when it starts, as it does for its new kubeconfig. */
const nameByPort: Readonly<Record<number, string>> = {
  10257: 'controller-manager.conf',
  10259: 'scheduler.conf',
}

const nameByPath: Readonly<Record<string, string>> = {
  [kubeletClientCertificate]: 'kubelet.conf',
  [kubeletServerCertificate]: 'kubelet-serving',
  [kubeletServingCertificate]: 'kubelet-serving',
}

/** As `certs renew` has it, and kubeadm: `etcd-peer` for `pki/etcd/peer.crt`; a kubeconfig by its file. */
const renewalName = (place: Place): string => {
  const path = place.kind === 'port' ? (place.file ?? nameByPort[place.port] ?? '') : place.path
  const below = /\/pki\/(.+)\.crt$/.exec(path)?.[1]
  return nameByPath[path] ?? below?.replace('/', '-') ?? path.slice(path.lastIndexOf('/') + 1)
}
