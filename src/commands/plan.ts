/** `slipway plan`: what apply would do, per host and per file. Exit code 3 when there is something to do. */
import type { Command } from 'commander'
import { exitCodes } from '../errors.ts'
import { paintOf, wantsColour } from '../report/paint.ts'
import { describePlan, planAsJson } from '../report/plan.ts'
import type { Redactor } from '../report/redact.ts'
import { createReporter } from '../report/reporter.ts'
import { prepare } from '../run/cluster-run.ts'
import { lookAtPlan } from '../run/look.ts'
import { clusterOf } from './cluster-flags.ts'
import { type ClusterFlags, clusterCommand, playbooks } from './run-cluster.ts'

export const planCommand = (redactor: Redactor): Command =>
  clusterCommand('plan', 'show what apply would do; change nothing')
    .option('--json', 'the same as --output json')
    .action(async (flags: ClusterFlags & { readonly json?: boolean }) => {
      const cluster = await clusterOf(flags, redactor)
      const { redact } = redactor
      // Findings go to stderr: stdout is the plan's.
      const reporter = createReporter({
        output: 'text',
        verbose: false,
        stdout: process.stdout,
        stderr: process.stderr,
        redact,
      })
      const prepared = await prepare(
        {
          ...cluster,
          playbooks: playbooks('init', 'join'),
          bundleFile: flags.bundle,
          ignore: flags.ignore,
          acceptNew: flags.acceptNew === true,
          emit: reporter.emit,
          secrets: redactor,
        },
        { lock: false },
      )
      try {
        const looked = await lookAtPlan(prepared)
        const json = flags.json === true || flags.output === 'json'
        const text = json
          ? JSON.stringify(planAsJson(looked), undefined, 2)
          : describePlan(looked, flags.verbose === true, paintOf(wantsColour(process.stdout, process.env)))
        process.stdout.write(`${redact(text)}\n`)
        if (looked.some(({ status }) => status === 'pending')) process.exitCode = exitCodes.difference
      } finally {
        await prepared.close()
      }
    })
