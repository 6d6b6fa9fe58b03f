/** From a lab's bare hosts to its cluster: the bundle, apply, and the nodes as the cluster sees them. */
import { createBundle } from '../bundle/create.ts'
import { preparePrerequisites } from '../lab/prerequisites.ts'
import { afterInstall } from './install.ts'
import { playbooks, runOnCluster } from './run-cluster.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

export const installLab = async (clusterFile: string): Promise<void> => {
  await preparePrerequisites(['build'], say)
  const bundle = await createBundle({
    kubernetes: '1.37.1',
    arch: process.arch === 'arm64' ? 'arm64' : 'amd64',
    say,
  })
  await runOnCluster(
    { config: clusterFile, bundle, ignore: [], output: 'text' },
    { command: 'apply', playbooks: playbooks('init', 'join'), next: afterInstall },
  )
}
