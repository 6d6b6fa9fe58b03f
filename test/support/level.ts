/**
 * One level of the tests, run in this process as `vitest run --project` would. Takes its name; gives how many passed, and all that
 * failed: tests, hooks, files that could not be loaded, and errors that belong to none of them.
 */
import { relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { type Reporter, startVitest, type TestModule } from 'vitest/node'

export type Failure = { readonly where: string; readonly message: string }

export type LevelResult = { readonly passed: number; readonly failures: readonly Failure[] }

type Failed = readonly { readonly message: string; readonly diff?: string }[]

const failuresAt = (where: string, errors: Failed): readonly Failure[] =>
  errors.map(({ message, diff = '' }) => ({
    where,
    message: stripVTControlCharacters(`${message}\n${diff}`).trimEnd(),
  }))

const failuresIn = (module: TestModule): readonly Failure[] => {
  const file = relative(process.cwd(), module.moduleId)
  const at = ({ fullName }: { readonly fullName: string }) => `${file} > ${fullName}`
  const tests = [...module.children.allTests('failed')]
  const found = [
    ...failuresAt(file, module.errors()),
    // Where a hook fails, its tests are passed over.
    ...[...module.children.allSuites()].flatMap((suite) => failuresAt(at(suite), suite.errors())),
    ...tests.flatMap((each) => failuresAt(at(each), each.result().errors?.slice(0, 1) ?? [])),
  ]
  const isBroken = module.state() !== 'passed' && module.state() !== 'skipped'
  return isBroken && found.length === 0
    ? [{ where: file, message: `it did not come to its end (${module.state()})` }]
    : found
}

const passedIn = (module: TestModule): number => [...module.children.allTests('passed')].length

export const runLevel = async (level: string): Promise<LevelResult> => {
  const seen: { result: LevelResult } = {
    result: { passed: 0, failures: [{ where: level, message: 'no test was run' }] },
  }
  const counting: Reporter = {
    onTestRunEnd: (modules, errors) => {
      const failures = [...modules.flatMap(failuresIn), ...failuresAt(level, errors)]
      if (modules.length > 0)
        seen.result = { passed: modules.reduce((sum, each) => sum + passedIn(each), 0), failures }
    },
  }
  const vitest = await startVitest('test', [], {
    watch: false,
    project: [level],
    reporters: ['default', counting],
  })
  await vitest.close()
  return seen.result
}
