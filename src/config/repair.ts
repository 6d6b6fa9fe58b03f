/**
 * What can be said of a cluster file whose shape is wrong. Takes its value and what is wrong; gives a configuration made of what is
 * right, so that the rules can speak of that too and all problems come at once. It is never used for anything else.
 */
import type { Path, PathProblem } from './problems.ts'
import { type ClusterConfig, clusterSchema } from './schema.ts'
import { kubernetesVersions } from './versions.ts'

export type Repaired = {
  readonly config: ClusterConfig
  /** From a problem in the repaired configuration to its place in the file; undefined: not a problem of the file's. */
  readonly inFile: (problem: PathProblem) => PathProblem | undefined
}

type Fields = Readonly<Record<string, unknown>>

const required: Fields = {
  apiVersion: 'slipway/v1',
  kind: 'Cluster',
  name: 'unknown',
  kubernetes: { version: kubernetesVersions[0] },
}

export const repair = (value: unknown, wrong: readonly PathProblem[]): Repaired | undefined => {
  const keys = wrong.filter(({ atKey }) => atKey)
  const values = wrong.filter(({ atKey }) => !atKey)
  const cleared = keys.reduce((rest, { path }) => without(rest, path), value)
  if (!isFields(cleared) || !Array.isArray(cleared['hosts'])) return undefined
  // A host with a wrong value is left out as a whole: half a host would break rules that it does not break.
  const kept = cleared['hosts'].flatMap((host: unknown, index) =>
    values.some(({ path }) => path[0] === 'hosts' && path[1] === index) ? [] : [{ host, index }],
  )
  const sections = Object.entries(cleared).filter(([key]) => !values.some(({ path }) => path[0] === key))
  const hosts = kept.map(({ host }) => host)
  const parsed = clusterSchema.safeParse({ ...required, ...Object.fromEntries(sections), hosts })
  if (!parsed.success) return undefined
  const someLeftOut = kept.length < cleared['hosts'].length
  return {
    config: parsed.data as ClusterConfig,
    inFile: (problem) => {
      const [first, index, ...rest] = problem.path
      if (first !== 'hosts') return problem
      if (typeof index !== 'number') return someLeftOut ? undefined : problem
      return { ...problem, path: ['hosts', kept[index]?.index ?? index, ...rest] }
    },
  }
}

/** The same value without the key at the end of the path. */
const without = (value: unknown, [first, ...rest]: Path): unknown => {
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === first ? without(item, rest) : item))
  if (!isFields(value) || first === undefined) return value
  const entries = Object.entries(value)
  return Object.fromEntries(
    rest.length === 0
      ? entries.filter(([key]) => key !== first)
      : entries.map(([key, inner]) => [key, key === first ? without(inner, rest) : inner]),
  )
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
