/** `slipway kubeconfig`: prints the administrator's kubeconfig, or merges it into the user's own. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { mergeKubeconfig, writeKubeconfig } from '../pki/kubeconfig-merge.ts'
import type { Redactor } from '../report/redact.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import { type ClusterFileFlags, clusterOf, withClusterFlags } from './cluster-flags.ts'

type Flags = ClusterFileFlags & { readonly merge?: boolean | string }

/** kubectl's own rule: the first file that KUBECONFIG names, else ~/.kube/config. */
const usersOwn = (): string => process.env['KUBECONFIG']?.split(':')[0] || join(homedir(), '.kube', 'config')

export const kubeconfigCommand = (redactor: Redactor): Command =>
  withClusterFlags(
    new Command('kubeconfig').description("print the administrator's kubeconfig, or merge it into yours"),
  )
    .option(
      '--merge [file]',
      'merge it into this file (default: $KUBECONFIG, else ~/.kube/config), keeping a backup',
    )
    .action(async (flags: Flags) => {
      const ours = await readFile(await writeAdminKubeconfig(await clusterOf(flags, redactor)), 'utf8')
      if (!flags.merge) {
        process.stdout.write(ours)
        return
      }
      const path = flags.merge === true ? usersOwn() : flags.merge
      const existing = await readFile(path, 'utf8').catch(() => '')
      await writeKubeconfig(path, mergeKubeconfig(existing, ours))
      process.stderr.write(`merged into ${path}\n`)
    })
