/** `slipway certs check`: every certificate of a cluster in one table, with what remains of it. Exit code 3 when `--warn` says so. */
import { Command, Option } from 'commander'
import { adviceOn } from '../certs/advice.ts'
import { judge } from '../certs/judge.ts'
import { checkIds } from '../checks/index.ts'
import { parseDuration } from '../config/duration.ts'
import { loadCluster } from '../config/load.ts'
import { exitCodes, UserError } from '../errors.ts'
import { describeCertificates } from '../report/certificates.ts'
import { certificatesAsJson } from '../report/certificates-json.ts'
import { paintOf, wantsColour } from '../report/paint.ts'
import type { Redactor } from '../report/redact.ts'
import { type Looked, lookEverywhere } from '../run/certs-check.ts'

type Flags = { readonly config: string; readonly warn?: string; readonly output: 'text' | 'json' }

const warnSeconds = (warn: string | undefined): number | undefined => {
  if (warn === undefined) return undefined
  if (/^\d+[mhd]$/.test(warn)) return parseDuration(warn)
  throw new UserError(`--warn ${warn} is not a duration`, { hint: 'minutes, hours or days: 90m, 24h, 30d' })
}

const refuseAbsent = (absent: Looked['absent'], clusterFile: string): void => {
  if (absent.length === 0) return
  throw new UserError(
    `not all hosts could be looked at: ${absent.map(({ host, why }) => `${host} (${why})`).join('; ')}`,
    { hint: `the table is of the others; slipway plan -c ${clusterFile} says more of these`, exitCode: 1 },
  )
}

export const checkCommand = (redactor: Redactor): Command =>
  new Command('check')
    .description('every certificate, on all hosts and here: in files, in kubeconfigs, and what is served')
    .option('-c, --config <file>', 'cluster file', 'cluster.yaml')
    .option('--warn <duration>', 'exit code 3 when something is wrong, or has less than this left: 30d')
    .addOption(new Option('--output <format>', 'how to say it').choices(['text', 'json']).default('text'))
    .action(async ({ config: clusterFile, warn, output }: Flags) => {
      const seconds = warnSeconds(warn)
      const config = await loadCluster(clusterFile, { checkIds: checkIds() })
      const { hosts, here, absent } = await lookEverywhere({ clusterFile, config, secrets: redactor })
      const now = new Date()
      const rows = judge({ hosts, here }, { now, warnSeconds: seconds })
      const advice = adviceOn(rows, clusterFile)
      const report = { cluster: config.name, rows, advice, hosts, absent, now, warnSeconds: seconds }
      const text =
        output === 'json'
          ? JSON.stringify(certificatesAsJson(report), undefined, 2)
          : describeCertificates(report, paintOf(wantsColour(process.stdout, process.env)))
      process.stdout.write(`${redactor.redact(text)}\n`)
      refuseAbsent(absent, clusterFile)
      if (seconds !== undefined && advice.length > 0) process.exitCode = exitCodes.difference
    })
