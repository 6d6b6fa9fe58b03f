/**
 * `npm test`: lint, types, and the tests from the lowest level up. Whatever golden and end-to-end tests need is made before them. Each
 * level is run even when an earlier one failed, so that one run tells everything. Last comes all that failed once more, and how many
 * tests did; what is no test (lint, types, a level that could not run) counts as one.
 */
import { execFile, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ensureImage } from '../src/lab/image.ts'
import { preparePrerequisites } from '../src/lab/prerequisites.ts'
import { makeEveryBundle } from './support/bundles.ts'
import { kubeadmBinary } from './support/kubeadm.ts'
import type { Failure, LevelResult } from './support/level.ts'

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const title = (line: string): void => say(`\n▸ ${line}`)

/** What it said comes when it has ended, so that two can run side by side. */
const runProgram = (command: string, ...args: readonly string[]): Promise<LevelResult> =>
  new Promise((resolve) => {
    const line = [command, ...args].join(' ')
    execFile(command, args, { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      title(line)
      process.stdout.write(stdout + stderr)
      resolve(
        error
          ? { passed: 0, failures: [{ where: line, message: error.message }] }
          : { passed: 1, failures: [] },
      )
    })
  })

const runLevel = (level: string): Promise<LevelResult> => {
  title(`vitest run --project ${level}`)
  const child = fork(fileURLToPath(new URL('run-level.ts', import.meta.url)), [level])
  return new Promise((resolve) => {
    child.once('message', (result) => resolve(result as LevelResult))
    child.once('exit', (code, signal) =>
      resolve({ passed: 0, failures: [{ where: level, message: `it ended with ${code ?? signal}` }] }),
    )
  })
}

/** What cannot be made is one failure here, and the tests that need it say the same. */
const prepare = async (what: string, make: () => Promise<unknown>): Promise<LevelResult> => {
  title(what)
  try {
    await make()
    return { passed: 0, failures: [] }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    say(message)
    return { passed: 0, failures: [{ where: what, message }] }
  }
}

const firstLines = (text: string): string =>
  text
    .split('\n')
    .slice(0, 20)
    .map((line) => `    ${line}`)
    .join('\n')

const repeat = (failures: readonly Failure[]): void => {
  if (failures.length > 0) title('what failed')
  for (const { where, message } of failures) say(`${where}\n${firstLines(message)}`)
}

// They are fetched and unpacked while lint, types and unit tests, which need none of them, have the cores.
const programs = prepare('the programs that the tests need', () =>
  preparePrerequisites(['hosts', 'build', 'arm64', 'vagrant', 'tests'], say),
)
const results = [
  ...(await Promise.all([
    runProgram('biome', 'check', '--error-on-warnings', '.'),
    runProgram('tsc', '--noEmit'),
  ])),
  await runLevel('unit'),
  await programs,
  await runLevel('contract'),
  // One waits for packages while the other compiles; what is in the cache takes a second.
  ...(await Promise.all([
    prepare('the image of lab hosts', () => ensureImage(say)),
    prepare('the bundles, and kubeadm', async () => {
      await makeEveryBundle(say)
      await kubeadmBinary()
    }),
  ])),
  // While Vagrant's machines boot, a core has nothing to do, and golden tests are one process.
  ...(await Promise.all([runLevel('golden'), runLevel('vagrant')])),
  await runLevel('e2e'),
]
const failures = results.flatMap((result) => result.failures)
repeat(failures)
say(`\n${results.reduce((sum, { passed }) => sum + passed, 0)} passed, ${failures.length} failed`)
process.exitCode = failures.length === 0 ? 0 : 1
