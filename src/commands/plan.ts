/** `slipway plan`: what apply would do, per host and per file. Exit code 3 when there is something to do. */
import type { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { prepare } from '../run/cluster-run.ts'
import { clusterOf } from './cluster-flags.ts'
import { type ClusterFlags, clusterCommand, playbooks } from './run-cluster.ts'
import { showPlan } from './show-plan.ts'

export const planCommand = (redactor: Redactor): Command =>
  clusterCommand('plan')
    .option('--json', 'the same as --output json')
    .action(async (flags: ClusterFlags & { readonly json?: boolean }) => {
      const cluster = await clusterOf(flags, redactor)
      const json = flags.json === true || flags.output === 'json'
      await showPlan(redactor, { json, verbose: flags.verbose === true }, (around) =>
        prepare(
          {
            ...cluster,
            ...around,
            playbooks: playbooks('init', 'join'),
            bundleFile: flags.bundle,
            ignore: flags.ignore,
            acceptNew: flags.acceptNew === true,
          },
          { lock: false },
        ),
      )
    })
