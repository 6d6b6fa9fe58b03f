/** `slipway init` and `apply`: the commands that make a cluster. Each names its playbooks; the rest is the same. */
import type { Command } from 'commander'
import { keysOnHosts } from '../config/certificate-keys.ts'
import { requestsFor } from '../pki/requests.ts'
import type { Redactor } from '../report/redact.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import type { Cluster } from '../run/cluster.ts'
import { type ClusterFlags, clusterCommand, playbooks, runOnCluster } from './run-cluster.ts'

export const afterInstall = async (cluster: Cluster): Promise<readonly string[]> => {
  const path = await writeAdminKubeconfig(cluster)
  return [`kubectl --kubeconfig ${path} get nodes`, ...oneMoreWorker(cluster)]
}

const oneMoreWorker = ({ clusterFile, config }: Cluster): readonly string[] => {
  const add = `one more worker: add it to ${clusterFile} and run: slipway`
  if (requestsFor(config).length > 0)
    return [`${add} certs csr -c ${clusterFile}; when its certificate is signed and imported: slipway apply`]
  const fromHere = `${add} apply -c ${clusterFile}`
  // A host that joins by itself asks the cluster for its certificate.
  if (!keysOnHosts(config)) return [fromHere]
  return [fromHere, `or on that host itself: $(slipway token create -c ${clusterFile} --print-join-command)`]
}

export const initCommand = (redactor: Redactor): Command =>
  clusterCommand('init').action((flags: ClusterFlags) =>
    runOnCluster(redactor, flags, { command: ['init'], playbooks: playbooks('init'), next: afterInstall }),
  )

export const applyCommand = (redactor: Redactor): Command =>
  clusterCommand('apply').action((flags: ClusterFlags) =>
    runOnCluster(redactor, flags, {
      command: ['apply'],
      playbooks: playbooks('init', 'join'),
      next: afterInstall,
    }),
  )
