/** A cluster file of one control plane on this machine. Takes how it is reached, and its bundle; gives the file, in a folder of its own. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { scratchDirectory } from './scratch.ts'
import { wholeBundle } from './whole-bundle.ts'

export type Reached = {
  readonly port: number
  readonly identityFile?: string
  readonly knownHostsFile?: string
}

/** Nobody listens there. */
const nowhere: Reached = { port: 1 }

export const oneHostCluster = ({
  ssh = nowhere,
  bundle = wholeBundle(),
}: {
  readonly ssh?: Reached
  readonly bundle?: string
} = {}): string => {
  const file = join(scratchDirectory('cluster'), 'cluster.yaml')
  const cluster = {
    apiVersion: 'slipway/v1',
    kind: 'Cluster',
    name: 'one-host',
    kubernetes: { version: '1.37.1' },
    bundle: { file: bundle },
    ssh: { user: 'ops', agent: false, configFile: '/dev/null', ...ssh },
    hosts: [{ name: 'cp1', address: '10.0.0.11', role: 'control-plane', ssh: { address: '127.0.0.1' } }],
  }
  writeFileSync(file, JSON.stringify(cluster))
  return file
}
