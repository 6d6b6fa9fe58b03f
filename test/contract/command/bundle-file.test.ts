/** The bundle that a cluster file names is looked for beside that file, whichever command takes it and wherever it is run. */
import { cpSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { oneHostCluster } from '../../support/one-host-cluster.ts'
import { slipway } from '../../support/slipway.ts'
import { wholeBundle } from '../../support/whole-bundle.ts'

test.each([
  [['plan']],
  [['apply']],
  [['certs', 'renew', '--all']],
  [['certs', 'rescue']],
  [['certs', 'rotate-ca', 'ca']],
])('%j', async (command) => {
  const bundle = wholeBundle()
  const file = oneHostCluster({ bundle: `./${basename(bundle)}` })
  const without = await slipway(...command, '-c', file)
  expect(without.stderr).toContain(join(dirname(file), basename(bundle)))
  expect(without.code).toBe(2)
  cpSync(bundle, join(dirname(file), basename(bundle)))
  const { code, stderr } = await slipway(...command, '-c', file)
  expect(stderr).not.toContain(basename(bundle))
  expect(stderr).toContain('ops@127.0.0.1:1')
  expect(code).toBe(1)
})
