/** What a run would do, per host and per file, and nothing else. Takes how to prepare it. Exit code 3 when there is something to do. */
import { exitCodes } from '../errors.ts'
import { paintOf, wantsColour } from '../report/paint.ts'
import { describePlan, planAsJson } from '../report/plan.ts'
import type { Redactor } from '../report/redact.ts'
import { createReporter } from '../report/reporter.ts'
import type { Prepared, RunAround } from '../run/cluster-run.ts'
import { lookAtPlan } from '../run/look.ts'

export type ShownPlan = { readonly json: boolean; readonly verbose: boolean }

export const showPlan = async (
  redactor: Redactor,
  { json, verbose }: ShownPlan,
  prepare: (around: RunAround) => Promise<Prepared>,
): Promise<void> => {
  const { stdout, stderr } = process
  const { redact } = redactor
  // Findings go to stderr: stdout is the plan's.
  const reporter = createReporter({ output: 'text', verbose: false, stdout, stderr, redact })
  // On a terminal it draws, and keeps what is written meanwhile, until it is closed.
  const prepared = await prepare({ emit: reporter.emit, secrets: redactor }).finally(reporter.close)
  try {
    const looked = await lookAtPlan(prepared)
    const text = json
      ? JSON.stringify(planAsJson(looked), undefined, 2)
      : describePlan(looked, verbose, paintOf(wantsColour(stdout, process.env)))
    stdout.write(`${redact(text)}\n`)
    if (looked.some(({ status }) => status === 'pending')) process.exitCode = exitCodes.difference
  } finally {
    await prepared.close()
  }
}
