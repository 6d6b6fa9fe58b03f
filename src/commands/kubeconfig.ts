/** `slipway kubeconfig`: prints the administrator's kubeconfig, or merges it into the user's own. */
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { mergeKubeconfig, writeKubeconfig } from '../pki/kubeconfig-merge.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'

type Flags = { readonly config: string; readonly merge?: boolean | string }

/** kubectl's own rule: the first file that KUBECONFIG names, else ~/.kube/config. */
const usersOwn = (): string => process.env['KUBECONFIG']?.split(':')[0] || join(homedir(), '.kube', 'config')

export const kubeconfigCommand = (): Command =>
  new Command('kubeconfig')
    .description("print the administrator's kubeconfig, or merge it into yours")
    .option('-c, --config <file>', 'cluster file', 'cluster.yaml')
    .option(
      '--merge [file]',
      'merge it into this file (default: $KUBECONFIG, else ~/.kube/config), keeping a backup',
    )
    .action(async (flags: Flags) => {
      const config = await loadCluster(flags.config, { checkIds: checkIds() })
      const ours = await readFile(await writeAdminKubeconfig(flags.config, config), 'utf8')
      if (!flags.merge) {
        process.stdout.write(ours)
        return
      }
      const path = flags.merge === true ? usersOwn() : flags.merge
      const existing = await readFile(path, 'utf8').catch(() => '')
      await writeKubeconfig(path, mergeKubeconfig(existing, ours))
      process.stderr.write(`merged into ${path}\n`)
    })
