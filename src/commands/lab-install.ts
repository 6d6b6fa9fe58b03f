/** From a lab's bare hosts to its cluster: the bundle, apply, and the nodes as the cluster sees them. */
import { createBundle } from '../bundle/create.ts'
import { machineArch } from '../bundle/sources/machine-arch.ts'
import { checkIds } from '../checks/index.ts'
import { loadCluster } from '../config/load.ts'
import { preparePrerequisites } from '../lab/prerequisites.ts'
import type { Lab } from '../lab/types.ts'
import type { Redactor } from '../report/redact.ts'
import { columns } from '../report/table.ts'
import { writeAdminKubeconfig } from '../run/admin-kubeconfig.ts'
import { withApi } from '../run/api-session.ts'
import { readNodes } from '../run/nodes.ts'
import { playbooks, runOnCluster } from './run-cluster.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

export const installLab = async (redactor: Redactor, { name, hosts, clusterFile }: Lab): Promise<void> => {
  await preparePrerequisites(['build'], say)
  const bundle = await createBundle({ kubernetes: '1.37.1', arches: [machineArch], say })
  await runOnCluster(
    redactor,
    { config: clusterFile, bundle, ignore: [], output: 'text' },
    { command: ['apply'], playbooks: playbooks('init', 'join'), next: () => [] },
  )
  await printCluster(clusterFile)
  const workers = hosts.filter(({ role }) => role === 'worker').length
  const add = `npm run lab -- add w${workers + 1}${name === 'lab' ? '' : ` --name ${name}`}`
  process.stdout.write(`one more worker: ${add} && npx slipway apply -c ${clusterFile}\n`)
}

const printCluster = async (clusterFile: string): Promise<void> => {
  const cluster = { clusterFile, config: await loadCluster(clusterFile, { checkIds: checkIds() }) }
  const nodes = await withApi(cluster, readNodes)
  const rows = nodes.map((node) => [node.name, node.status, node.roles, node.address, node.version])
  const table = columns([['NAME', 'STATUS', 'ROLES', 'ADDRESS', 'VERSION'], ...rows])
  process.stdout.write(`\n${table.join('\n')}\n\n`)
  process.stdout.write(`kubeconfig: ${await writeAdminKubeconfig(cluster)}\n`)
}
