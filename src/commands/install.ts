/** `slipway init` and `apply`: the commands that make a cluster. Each names its playbooks; the rest is the same. */
import type { Command } from 'commander'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import { type ClusterFlags, clusterCommand, type Installed, playbooks, runOnCluster } from './run-cluster.ts'

export const afterInstall = async ({ clusterFile, config }: Installed): Promise<readonly string[]> => {
  const path = await writeAdminKubeconfig(clusterFile, config)
  return [
    `kubectl --kubeconfig ${path} get nodes`,
    `one more worker: add it to ${clusterFile} and run: slipway apply -c ${clusterFile}`,
    `or on that host itself: $(slipway token create -c ${clusterFile} --print-join-command)`,
  ]
}

export const initCommand = (): Command =>
  clusterCommand('init', 'make the first control plane').action((flags: ClusterFlags) =>
    runOnCluster(flags, { command: 'init', playbooks: playbooks('init'), next: afterInstall }),
  )

export const applyCommand = (): Command =>
  clusterCommand('apply', 'do whatever of init and join is still to do').action((flags: ClusterFlags) =>
    runOnCluster(flags, { command: 'apply', playbooks: playbooks('init', 'join'), next: afterInstall }),
  )
