/**
 * From text to configuration: YAML, shape, defaults, rules. Takes the text and the file's name for messages; gives the
 * configuration, or all problems at once, each with its place, in the order of the file. Pure.
 */
import { foreignFile } from './foreign.ts'
import { type Path, type PathProblem, type Problem, sortProblems } from './problems.ts'
import { repair } from './repair.ts'
import { type RuleContext, rules } from './rules/index.ts'
import { type ClusterConfig, clusterSchema } from './schema.ts'
import { shapeProblems } from './shape-problems.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

export type { Problem } from './problems.ts'

export type ParseOptions = RuleContext

export type Parsed =
  | { readonly ok: true; readonly config: ClusterConfig }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export const parseCluster = (text: string, file: string, options: ParseOptions): Parsed => {
  const read = readYaml(text)
  if (!read.ok)
    return { ok: false, problems: sortProblems(read.problems.map((problem) => ({ file, ...problem }))) }
  const { source } = read
  const fail = (problems: readonly PathProblem[]): Parsed => ({
    ok: false,
    problems: sortProblems(problems.map((problem) => placed(problem, source, file))),
  })
  const foreign = foreignFile(source.value)
  if (foreign) return fail([foreign])
  if (source.secondDocument)
    return { ok: false, problems: [{ file, ...source.secondDocument, ...anotherDocument }] }
  const shape = clusterSchema.safeParse(source.value)
  if (shape.success) {
    const config = shape.data as ClusterConfig
    const broken = brokenRules(config, options)
    return broken.length === 0 ? { ok: true, config } : fail(broken)
  }
  const wrong = firstOfEachPlace(shapeProblems(shape.error.issues, source))
  return fail([...wrong, ...otherwiseBroken(source.value, wrong, options)])
}

const anotherDocument = {
  what: 'another document starts here, but a cluster file is one',
  hint: 'Keep what is between the "---" lines in files of their own.',
}

const brokenRules = (config: ClusterConfig, options: ParseOptions): readonly PathProblem[] =>
  rules.flatMap((rule) => rule(config, options))

const otherwiseBroken = (
  value: unknown,
  wrong: readonly PathProblem[],
  options: ParseOptions,
): readonly PathProblem[] => {
  const repaired = repair(value, wrong)
  if (!repaired) return []
  return brokenRules(repaired.config, options).flatMap((problem) => repaired.inFile(problem) ?? [])
}

/** A value that breaks two patterns is one mistake. */
const firstOfEachPlace = (problems: readonly PathProblem[]): readonly PathProblem[] => {
  const same = (a: Path, b: Path): boolean => JSON.stringify(a) === JSON.stringify(b)
  return problems.filter(({ path }, index) => problems.findIndex((other) => same(other.path, path)) === index)
}

const placed = ({ path, atKey, what, hint }: PathProblem, source: YamlSource, file: string): Problem => ({
  file,
  ...source.place(path, atKey),
  what,
  ...(hint === undefined ? {} : { hint }),
})
