/** `node test/run-level.ts LEVEL`, as a child of test/run.ts: a level in a process of its own, whose result is sent to its parent. */
import { runLevel } from './support/level.ts'

const result = await runLevel(process.argv[2] ?? '')
process.send?.(result, () => process.exit(result.failures.length === 0 ? 0 : 1))
