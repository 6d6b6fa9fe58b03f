/** `slipway kubeconfig get`: prints the administrator's kubeconfig. */
import { readFile } from 'node:fs/promises'
import { Command, Option } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import { type ClusterFileFlags, localClusterOf, withClusterFlags } from './cluster-flags.ts'
import { mergeInto } from './kubeconfig-merge.ts'

type Flags = ClusterFileFlags & { readonly merge?: true | string }

export const getKubeconfigCommand = (redactor: Redactor): Command =>
  withClusterFlags(new Command('get').description("print the administrator's"))
    .addOption(new Option('--merge [file]', 'the same as: slipway kubeconfig merge').hideHelp())
    .action(async (flags: Flags) => {
      const cluster = await localClusterOf(flags, redactor)
      const into = flags.merge === true ? undefined : flags.merge
      if (flags.merge !== undefined) return mergeInto(cluster, { into, name: undefined })
      process.stdout.write(await readFile(await writeAdminKubeconfig(cluster), 'utf8'))
    })
