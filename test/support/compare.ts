/**
 * Compares two trees of what Kubernetes reads. Takes values; gives the places where they differ. Lists of named things are compared
 * by name, command lines by flag, YAML inside of ConfigMaps by what it says, and what Go prints of unset fields is nothing. Rows of
 * a table declare which differences are deliberate.
 */
export type Leaves = ReadonlyMap<string, string>

export const absent = '(none)'

type Plain = Readonly<Record<string, unknown>>

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const flag = /^--([^=]+)=(.*)$/s

/** A name for each element: its flag, its name, or its number. */
const keyed = (list: readonly unknown[]): readonly (readonly [string, unknown])[] =>
  list.map((each, index) => {
    if (typeof each === 'string') {
      const [, name, value] = flag.exec(each) ?? []
      return name === undefined ? [`[${index}]`, each] : [`[--${name}]`, value]
    }
    if (isPlain(each) && typeof each['name'] === 'string') return [`[${each['name']}]`, each]
    return [`[${index}]`, each]
  })

const inside = (value: unknown): readonly (readonly [string, unknown])[] => {
  if (Array.isArray(value)) return keyed(value)
  return isPlain(value) ? Object.entries(value).map(([key, each]) => [`.${key}`, each] as const) : []
}

const gather = (value: unknown, path: string, into: Map<string, string>): void => {
  const parts = inside(value)
  if (parts.length === 0) into.set(path, typeof value === 'string' ? value : JSON.stringify(value))
  for (const [key, each] of parts) gather(each, `${path}${key}`, into)
}

export const leavesOf = (value: unknown): Leaves => {
  const leaves = new Map<string, string>()
  gather(value, '', leaves)
  return leaves
}

/** What Go's encoders print for fields that nobody set. */
const unset: ReadonlySet<string> = new Set(['', '0', '0s', 'null', 'false', '{}', '[]'])

export type Difference = { readonly at: string; readonly kubeadm: string; readonly slipway: string }

const nothing: Leaves = new Map()

export const differencesOf = (kubeadm: Leaves = nothing, slipway: Leaves = nothing): readonly Difference[] =>
  [...new Set([...kubeadm.keys(), ...slipway.keys()])]
    .map((at) => ({ at, kubeadm: kubeadm.get(at) ?? absent, slipway: slipway.get(at) ?? absent }))
    .filter((each) => each.kubeadm !== each.slipway)
    .filter((each) => !(each.slipway === absent && unset.has(each.kubeadm)))

/** A deliberate difference; `*` stands for any place, and for any value. */
export type DifferenceRow = Difference & {
  /** A file or an object. */
  readonly where: string
  readonly reason: string
}

/** Where the modes and owners of paths are compared, whatever is in them. */
export const onTheHost = 'on the host'

export type Found = Difference & { readonly where: string }

export type Compared = ReadonlyMap<string, Leaves>

/** Everywhere, also in what only one of them has. */
export const differencesBetween = (kubeadm: Compared, slipway: Compared): readonly Found[] =>
  [...new Set([...kubeadm.keys(), ...slipway.keys()])].flatMap((where) =>
    differencesOf(kubeadm.get(where), slipway.get(where)).map((each) => ({ where, ...each })),
  )

const matches = (said: string, value: string): boolean => said === '*' || said === value

export const declares = (row: DifferenceRow, { where, at, kubeadm, slipway }: Found): boolean =>
  row.where === where && matches(row.at, at) && matches(row.kubeadm, kubeadm) && matches(row.slipway, slipway)
