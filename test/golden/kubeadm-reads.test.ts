/** The real kubeadm takes the configuration that we keep in the cluster for its own: its upgrades and joins start from there. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { addonObjects } from '../../src/addons/index.ts'
import { kubeletFiles } from '../../src/render/files.ts'
import { clusterObjects } from '../../src/render/objects/index.ts'
import { kubeadmBinary, runOracle } from '../support/kubeadm.ts'
import { renderInput } from '../support/render-input.ts'
import { scratchDirectory } from '../support/scratch.ts'
import { scenarios } from './scenarios.ts'

const validate = async (documents: readonly string[]): Promise<string> => {
  const file = join(scratchDirectory('kubeadm'), 'config.yaml')
  writeFileSync(file, documents.join('---\n'))
  const { stdout, stderr } = await runOracle(await kubeadmBinary(), ['config', 'validate', '--config', file])
  return stdout + stderr
}

test.each(scenarios)('$name: with no unknown field and no complaint', async ({ config, endpoint }) => {
  const [host] = config.hosts
  if (!host) throw new Error('a scenario has a host')
  const input = { ...renderInput({ endpoint }), config, host }
  const maps = [...clusterObjects(input), ...addonObjects(input, [])].filter(
    ({ kind }) => kind === 'ConfigMap',
  )
  const texts = new Map(maps.flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>)))
  const ofHost = kubeletFiles(input).find(({ path }) => path.endsWith('/kubelet/config.yaml'))
  for (const kubelet of [texts.get('kubelet'), ofHost?.content]) {
    const documents = [texts.get('ClusterConfiguration'), kubelet, texts.get('config.conf')]
    expect(await validate(documents.map((text) => text ?? 'missing'))).not.toMatch(/unknown|strict|error/i)
  }
})

const kinds = [
  ['kubeadm.k8s.io/v1beta4', 'ClusterConfiguration'],
  ['kubelet.config.k8s.io/v1beta1', 'KubeletConfiguration'],
  ['kubeproxy.config.k8s.io/v1alpha1', 'KubeProxyConfiguration'],
] as const

test.each(kinds)('a field of %s that nobody knows is complained about', async (apiVersion, kind) => {
  const cluster =
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.1\n'
  const hostile = `apiVersion: ${apiVersion}\nkind: ${kind}\nhostile: x\n`
  const documents = kind === 'ClusterConfiguration' ? [hostile] : [cluster, hostile]
  expect(await validate(documents).catch(String)).toMatch(/unknown field "hostile"/)
})
