/**
 * What we write is what the real kubeadm writes for the same configuration, but for the rows of one table. A difference without a
 * row fails, and so does a row that no longer says what differs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { declares, differencesBetween, type Found } from '../support/compare.ts'
import { type KubeadmOutput, kubeadmOutput } from '../support/kubeadm-oracle.ts'
import { fileLeaves, objectLeaves } from '../support/kubernetes-leaves.ts'
import { bundleImages, factsOfThisMachine, slipwayFiles, slipwayObjects } from '../support/slipway-output.ts'
import { differences } from './differences.ts'
import { type Scenario, scenarios, token } from './scenarios.ts'

const compare = ({ config, endpoint }: Scenario, kubeadm: KubeadmOutput): readonly Found[] => {
  const [host] = config.hosts
  if (!host) throw new Error('a scenario has a host')
  const images = bundleImages(config.kubernetes.version)
  const input = { config, host, endpoint, images, facts: factsOfThisMachine(), caPem: kubeadm.caPem }
  return differencesBetween(
    new Map([...fileLeaves(kubeadm.files), ...objectLeaves(kubeadm.objects)]),
    new Map([...fileLeaves(slipwayFiles(input)), ...objectLeaves(slipwayObjects(input, token))]),
  )
}

const directory = mkdtempSync(join(tmpdir(), 'slipway-kubeadm-'))
const found = new Map<string, readonly Found[]>()

beforeAll(async () => {
  for (const scenario of scenarios) {
    const kubeadm = await kubeadmOutput(
      scenario.kubeadm,
      mkdtempSync(join(directory, 'run-')),
      scenario.environment,
    )
    // Four static pods and three files of the kubelet's; ConfigMaps, RBAC, a token and two addons.
    expect([kubeadm.files.size, kubeadm.objects.length]).toEqual([7, 28])
    found.set(scenario.name, compare(scenario, kubeadm))
  }
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test.each(scenarios.map(({ name }) => name))('%s: every difference from kubeadm has its row', (name) => {
  const undeclared = (found.get(name) ?? []).filter((each) => !differences.some((row) => declares(row, each)))
  expect(undeclared).toEqual([])
})

test('every row of the table says what differs today', () => {
  const today = [...found.values()].flat()
  expect(differences.filter((row) => !today.some((each) => declares(row, each)))).toEqual([])
})
