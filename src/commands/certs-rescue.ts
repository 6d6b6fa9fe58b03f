/** `slipway certs rescue`: everything has expired, the cluster is off or lets nobody in: over SSH it is back. */
import type { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import { prepareRescue } from '../run/renew.ts'
import { type RenewalFlags, renewalCommand, renewalRun } from './renewal-run.ts'

export const rescueCommand = (redactor: Redactor): Command =>
  renewalCommand(
    'rescue',
    'bring a cluster back that is off or lets nobody in: issues what has expired, starts what is off',
  ).action((flags: RenewalFlags) =>
    renewalRun(redactor, flags, {
      command: 'certs-rescue',
      again: ['certs rescue'],
      prepare: prepareRescue,
      next: async (cluster) => [`the kubeconfig of this machine: ${await writeAdminKubeconfig(cluster)}`],
    }),
  )
