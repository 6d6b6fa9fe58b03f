/**
 * What can be said of a cluster file whose shape is wrong. Takes its value and where the shape is wrong; gives a configuration made
 * of what is right, so that the rules can speak of that too and all problems come at once. It is never used for anything else.
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

export const repair = (value: unknown, wrong: readonly Path[]): Repaired | undefined => {
  if (!isFields(value) || !Array.isArray(value['hosts'])) return undefined
  // A host with a mistake in it is left out as a whole: half a host would break rules that it does not break.
  const kept = value['hosts'].flatMap((host: unknown, index) =>
    wrong.some((path) => path[0] === 'hosts' && path[1] === index) ? [] : [{ host, index }],
  )
  const sections = Object.entries(value).filter(([key]) => !wrong.some(([first]) => first === key))
  const hosts = kept.map(({ host }) => host)
  const parsed = clusterSchema.safeParse({ ...required, ...Object.fromEntries(sections), hosts })
  if (!parsed.success) return undefined
  const someLeftOut = kept.length < value['hosts'].length
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

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
