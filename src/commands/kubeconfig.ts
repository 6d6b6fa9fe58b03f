/** `slipway kubeconfig`: ways to talk to a cluster, one command a file. Without one of them it prints the administrator's. */
import { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { breakGlassCommand } from './kubeconfig-break-glass.ts'
import { getKubeconfigCommand } from './kubeconfig-get.ts'
import { listKubeconfigsCommand } from './kubeconfig-list.ts'
import { mergeKubeconfigCommand } from './kubeconfig-merge.ts'
import { userKubeconfigCommand } from './kubeconfig-user.ts'

export const kubeconfigCommand = (redactor: Redactor): Command =>
  new Command('kubeconfig')
    .addCommand(getKubeconfigCommand(redactor), { isDefault: true })
    .addCommand(mergeKubeconfigCommand(redactor))
    .addCommand(listKubeconfigsCommand())
    .addCommand(userKubeconfigCommand(redactor))
    .addCommand(breakGlassCommand(redactor))
