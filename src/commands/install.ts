/** `slipway init` and `apply`: the commands that make a cluster. Each names its playbooks; the rest is the same. */
import type { Command } from 'commander'
import type { Redactor } from '../report/redact.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import type { Cluster } from '../run/cluster.ts'
import { type ClusterFlags, clusterCommand, playbooks, runOnCluster } from './run-cluster.ts'

export const afterInstall = async (cluster: Cluster): Promise<readonly string[]> => {
  const { clusterFile } = cluster
  const path = await writeAdminKubeconfig(cluster)
  return [
    `kubectl --kubeconfig ${path} get nodes`,
    `one more worker: add it to ${clusterFile} and run: slipway apply -c ${clusterFile}`,
    `or on that host itself: $(slipway token create -c ${clusterFile} --print-join-command)`,
  ]
}

export const initCommand = (redactor: Redactor): Command =>
  clusterCommand('init', 'make the first control plane').action((flags: ClusterFlags) =>
    runOnCluster(redactor, flags, { command: 'init', playbooks: playbooks('init'), next: afterInstall }),
  )

export const applyCommand = (redactor: Redactor): Command =>
  clusterCommand('apply', 'do whatever of init and join is still to do').action((flags: ClusterFlags) =>
    runOnCluster(redactor, flags, {
      command: 'apply',
      playbooks: playbooks('init', 'join'),
      next: afterInstall,
    }),
  )
