/** The bundle that a cluster file names is looked for beside that file, whichever command takes it and wherever it is run. */
import { cpSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchDirectory } from '../../support/scratch.ts'
import { slipway } from '../../support/slipway.ts'
import { wholeBundle } from '../../support/whole-bundle.ts'

const clusterNaming = (bundle: string): string => {
  const file = join(scratchDirectory('cluster'), 'cluster.yaml')
  const cluster = {
    apiVersion: 'slipway/v1',
    kind: 'Cluster',
    name: 'unreachable',
    kubernetes: { version: '1.37.1' },
    bundle: { file: bundle },
    ssh: { user: 'ops', agent: false, configFile: '/dev/null', port: 1 },
    hosts: [{ name: 'cp1', address: '10.0.0.11', role: 'control-plane', ssh: { address: '127.0.0.1' } }],
  }
  writeFileSync(file, JSON.stringify(cluster))
  return file
}

test.each([
  [['plan']],
  [['apply']],
  [['certs', 'renew', '--all']],
  [['certs', 'rescue']],
  [['certs', 'rotate-ca', 'ca']],
])('%j', async (command) => {
  const bundle = wholeBundle()
  const file = clusterNaming(`./${basename(bundle)}`)
  const without = await slipway(...command, '-c', file)
  expect(without.stderr).toContain(join(dirname(file), basename(bundle)))
  expect(without.code).toBe(2)
  cpSync(bundle, join(dirname(file), basename(bundle)))
  const { code, stderr } = await slipway(...command, '-c', file)
  expect(stderr).not.toContain(basename(bundle))
  expect(stderr).toContain('ops@127.0.0.1:1')
  expect(code).toBe(1)
})
