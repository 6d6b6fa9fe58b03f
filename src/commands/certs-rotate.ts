/** `slipway certs rotate-ca`: other CAs, and another key for service accounts, in a cluster that goes on working. */
import { Argument, type Command, Option } from 'commander'
import { parseDuration } from '../config/duration.ts'
import { UserError } from '../errors.ts'
import { type RotatableId, rotatableIds } from '../pki/rotation/generations.ts'
import { type Stage, stages } from '../pki/rotation/stages.ts'
import type { Redactor } from '../report/redact.ts'
import { clusterLogs } from '../run/cluster-run.ts'
import { bundleFileOf, readBundle } from '../run/planning.ts'
import { type Held, rotate, tokensLiveSeconds } from '../run/rotate.ts'
import { clusterOf } from './cluster-flags.ts'
import { reportedRun } from './reported-run.ts'
import { type ClusterFlags, clusterCommand } from './run-cluster.ts'

/** As kubeadm names their files. */
const idsByName: Readonly<Record<string, readonly RotatableId[]>> = {
  ca: ['ca'],
  'etcd-ca': ['etcdCa'],
  'front-proxy-ca': ['frontProxyCa'],
  sa: ['sa'],
  all: rotatableIds,
}

type RotateFlags = ClusterFlags & {
  readonly pauseAfter?: Stage
  readonly rollback?: boolean
  readonly tokensLive?: string
}

const tokensLive = (text: string | undefined): number | undefined => {
  if (text === undefined) return undefined
  if (/^\d+[mhd]$/.test(text)) return parseDuration(text)
  throw new UserError(`--tokens-live ${text} is not a duration`, {
    hint: 'minutes, hours or days: 90m, 24h, 30d; 0m drops the old key at once',
  })
}

export const rotateCaCommand = (redactor: Redactor): Command =>
  clusterCommand(
    'rotate-ca',
    'replace CAs and the service account key; run again, it goes on from where it is',
  )
    .addArgument(new Argument('[what]', 'what to replace').choices(Object.keys(idsByName)).default('all'))
    .addOption(new Option('--pause-after <stage>', 'stop after this stage').choices(stages))
    .option('--rollback', 'go back to what was there before, as long as it is not dropped')
    .option(
      '--tokens-live <duration>',
      'how long tokens that the old key has signed are accepted (default: as long as they live)',
    )
    .action(async (what: string, flags: RotateFlags) => {
      const cluster = await clusterOf(flags, redactor)
      const { clusterFile, config } = cluster
      const again = `slipway certs rotate-ca ${what} -c ${clusterFile}${flags.rollback ? ' --rollback' : ''}`
      const held = await rotate({
        cluster,
        bundle: await readBundle(cluster, bundleFileOf(cluster, flags.bundle)),
        ids: idsByName[what] ?? rotatableIds,
        rollback: flags.rollback === true,
        pauseAfter: flags.pauseAfter,
        tokensLiveSeconds: tokensLive(flags.tokensLive) ?? tokensLiveSeconds(config),
        acceptNew: flags.acceptNew === true,
        ignore: flags.ignore,
        run: (prepare, next) =>
          reportedRun(redactor, {
            command: 'certs-rotate-ca',
            cluster: config.name,
            output: flags.output,
            verbose: flags.verbose === true,
            logs: clusterLogs(clusterFile, config.name),
            prepare,
            next,
            goOn: again,
          }),
      })
      refuseHeld(held, again)
    })

const refuseHeld = (held: readonly Held[], again: string): void => {
  const hosts = held.filter(({ kind }) => kind === 'host')
  if (hosts.length === 0) return
  throw new UserError(`the old CA is still trusted everywhere: ${hosts.map(({ why }) => why).join('; ')}`, {
    hint: `bring it back, or take it out of the cluster (kubectl delete node, and the cluster file), then: ${again}`,
    exitCode: 1,
  })
}
