/**
 * `npm test`: lint, types, and the tests from the lowest level up. Each level is run even when an earlier one failed, so that one
 * run tells everything; the last line counts all tests. A level that could not run counts as one failure.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { preparePrerequisites } from '../src/lab/prerequisites.ts'

const levels = ['unit', 'contract', 'golden', 'e2e'] as const

type Count = { readonly passed: number; readonly failed: number }

const run = (command: string, args: readonly string[]): boolean => {
  process.stdout.write(`\n▸ ${[command, ...args].join(' ')}\n`)
  return spawnSync(command, args, { stdio: 'inherit' }).status === 0
}

const countOne = (ok: boolean): Count => ({ passed: ok ? 1 : 0, failed: ok ? 0 : 1 })

const runLevel = (level: string, folder: string): Count => {
  const report = join(folder, `${level}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const ok = run('vitest', ['run', '--project', level, ...reporters])
  try {
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8')) as {
      readonly numPassedTests: number
      readonly numFailedTests: number
    }
    // A hook or a file that cannot be loaded fails the level without failing a test.
    return { passed: numPassedTests, failed: ok ? 0 : Math.max(1, numFailedTests) }
  } catch {
    return countOne(false)
  }
}

const folder = mkdtempSync(join(tmpdir(), 'slipway-test-'))
await preparePrerequisites(['hosts', 'build', 'arm64', 'vagrant', 'tests'], (line) =>
  process.stdout.write(`${line}\n`),
)
const counts = [
  countOne(run('biome', ['check', '--error-on-warnings', '.'])),
  countOne(run('tsc', ['--noEmit'])),
  ...levels.map((level) => runLevel(level, folder)),
]
rmSync(folder, { recursive: true })
const sum = (which: keyof Count): number => counts.reduce((total, count) => total + count[which], 0)
process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`)
process.exitCode = sum('failed') === 0 ? 0 : 1
