/** The real containerd reads the configuration that we write, and differs from its defaults in nothing else than what we mean. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { containerdFiles } from '../../src/render/files.ts'
import { hostFacts } from '../support/facts.ts'
import { containerdBinary, runOracle } from '../support/kubeadm.ts'
import { renderInput } from '../support/render-input.ts'
import { scratchDirectory } from '../support/scratch.ts'

const differencesFromDefault = async (canLowerOomScore: boolean): Promise<readonly string[]> => {
  const containerd = await containerdBinary()
  const images = { ...renderInput().images, pause: 'registry.example.test/pause:1' }
  const files = containerdFiles(renderInput({ images, facts: hostFacts({ canLowerOomScore }) }))
  const path = join(scratchDirectory('containerd'), 'config.toml')
  writeFileSync(path, files.find((file) => file.path.endsWith('/config.toml'))?.content ?? '')
  const defaults = await runOracle(containerd, ['config', 'default'])
  const ours = await runOracle(containerd, ['--config', path, 'config', 'dump'])
  const usual = new Set(defaults.stdout.split('\n'))
  return ours.stdout
    .split('\n')
    .filter((line) => !usual.has(line))
    .map((line) => line.trim())
}

test('on a host', async () => {
  expect(await differencesFromDefault(true)).toEqual([
    "sandbox = 'registry.example.test/pause:1'",
    "config_path = '/etc/containerd/certs.d'",
    "stats_collect_period = '10s'",
    "BinaryName = '/usr/local/bin/runc'",
    'SystemdCgroup = true',
  ])
})

test('on a host that may not lower OOM scores', async () => {
  expect(await differencesFromDefault(false)).toContain('restrict_oom_score_adj = true')
})
