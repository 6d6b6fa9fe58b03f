/** `slipway kubeconfig break-glass`: past RBAC, for an hour, for when RBAC itself is broken. It is made here and is on no host. */
import { join } from 'node:path'
import { Command } from 'commander'
import { clusterFolder } from '../pki/store.ts'
import type { Redactor } from '../report/redact.ts'
import { authoritiesOf, issueKubeconfig } from '../run/client-kubeconfig.ts'
import { type ClusterFileFlags, localClusterOf, withClusterFlags } from './cluster-flags.ts'
import { shownDate } from './duration-flag.ts'
import { saveKubeconfig } from './kubeconfig-save.ts'

type Flags = ClusterFileFlags & { readonly output?: string }

/** kubeadm's subject of super-admin.conf, which kubeadm keeps on the first control plane for a year. */
const superAdministrator = {
  commonName: 'kubernetes-super-admin',
  organizations: ['system:masters'],
} as const

/** Long enough to mend a ClusterRoleBinding, short enough to be worthless when it is found. */
const seconds = 3600

export const breakGlassCommand = (redactor: Redactor): Command =>
  withClusterFlags(
    new Command('break-glass').description('make one that no RBAC rule stops (system:masters), for an hour'),
  )
    .option('-o, --output <file>', "file to write, 0600 (default: break-glass in the cluster's folder)")
    .action(async (flags: Flags) => {
      const cluster = await localClusterOf(flags, redactor)
      const { clusterFile, config } = cluster
      const path = flags.output ?? join(clusterFolder(clusterFile, config.name), 'break-glass')
      const authorities = await authoritiesOf(cluster)
      const issued = await issueKubeconfig(config, authorities, { subject: superAdministrator, seconds })
      redactor.add(issued.keyPem)
      await saveKubeconfig(path, issued)
      process.stderr.write(
        `until ${shownDate(issued.expires)} whoever has this file can do anything, and nothing takes that back: remove it when you are done\n`,
      )
      process.stdout.write(`${path}\n`)
    })
