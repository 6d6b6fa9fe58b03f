/**
 * What must hold between the versions of the catalog, so that every step from one of its releases to the next is one that upstream
 * supports. Takes the versions of all releases; gives every constraint, and what breaks it. Pure.
 */
import type { Versions } from './catalog.ts'
import { imageRows } from './contents.ts'

export type Constraint = {
  readonly id: string
  readonly what: string
  /** Sentences; none when it holds. Releases come oldest first. */
  readonly broken: (releases: readonly Versions[]) => readonly string[]
}

const numbers = (version: string): readonly number[] => version.split('.').map(Number)

export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbers(a), numbers(b)]
  const at = left.findIndex((number, index) => number !== right[index])
  return at === -1 ? 0 : (left[at] ?? 0) - (right[at] ?? 0)
}

const minor = (version: string): number => numbers(version)[1] ?? 0

const steps = (releases: readonly Versions[]): readonly (readonly [Versions, Versions])[] =>
  releases.slice(1).flatMap((after, index) => {
    const before = releases[index]
    return before ? [[before, after] as const] : []
  })

const oneMinorAtATime =
  (component: 'kubernetes' | 'etcd') =>
  (releases: readonly Versions[]): readonly string[] =>
    steps(releases)
      .filter(([before, after]) => minor(after[component]) - minor(before[component]) > 1)
      .map(([before, after]) => `nothing between ${component} ${before[component]} and ${after[component]}`)

export const constraints: readonly Constraint[] = [
  {
    id: 'etcd-before-3.7',
    // etcd.io/docs/v3.7/upgrades/upgrade_3_7
    what: 'every etcd member is 3.6.11 or newer before one is 3.7',
    broken: (releases) =>
      releases
        .filter(({ etcd }) => minor(etcd) === 6 && compareVersions(etcd, '3.6.11') < 0)
        .map(({ kubernetes, etcd }) => `Kubernetes ${kubernetes} has etcd ${etcd}`),
  },
  {
    id: 'etcd-steps',
    what: 'etcd goes one minor version at a time',
    broken: oneMinorAtATime('etcd'),
  },
  {
    id: 'kubernetes-steps',
    // kubernetes.io/releases/version-skew-policy: a control plane goes one minor at a time, kubelets may be three behind it.
    what: 'control planes go one minor version at a time; kubelets are never newer, and at most three minors older',
    broken: oneMinorAtATime('kubernetes'),
  },
  {
    id: 'sandbox-image',
    what: "containerd's sandbox image is the pause image of the bundle, on every host",
    broken: (releases) =>
      releases
        .filter((versions) => {
          const images = imageRows(versions, 'upstream').filter(({ component }) => component === 'pause')
          const [pause] = images
          return images.length !== 1 || pause?.version !== versions.pause || pause.roles.length !== 2
        })
        .map(({ kubernetes }) => `Kubernetes ${kubernetes} has another pause image, or not on every host`),
  },
]

export type Checked = { readonly id: string; readonly what: string; readonly problems: readonly string[] }

export const checkConstraints = (releases: readonly Versions[]): readonly Checked[] => {
  const oldestFirst = releases.toSorted((a, b) => compareVersions(a.kubernetes, b.kubernetes))
  return constraints.map(({ id, what, broken }) => ({ id, what, problems: broken(oldestFirst) }))
}
