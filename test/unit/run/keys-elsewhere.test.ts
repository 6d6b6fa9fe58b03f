/** What is planned where no host has the key of a CA: keys go, kubelets are given certificates, and nobody is given a token. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openBundle } from '../../../src/bundle/open.ts'
import { kubeletConf } from '../../../src/constants.ts'
import type { HostFacts } from '../../../src/facts/types.ts'
import type { PlanInput } from '../../../src/phases/types.ts'
import type { Authorities } from '../../../src/pki/authorities.ts'
import { readKubeconfig } from '../../../src/pki/read-kubeconfig.ts'
import { buildPlan } from '../../../src/plan/build.ts'
import type { Step } from '../../../src/plan/types.ts'
import { createRedactor } from '../../../src/report/redact.ts'
import { planInput } from '../../../src/run/planning.ts'
import { shippedPlaybook } from '../../../src/run/playbook.ts'
import { clusterConfig, healthyFacts } from '../../support/check-input.ts'
import { authoritiesFor, verifyWithOpenssl } from '../../support/pki.ts'
import { joinedHosts } from '../../support/rotation.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { smallBundle } from '../../support/small-bundle.ts'

const config = clusterConfig({ certificates: { keysOnHosts: false } })

const planning = async (authorities: Authorities, facts: ReadonlyMap<string, HostFacts>) => {
  const secrets = createRedactor()
  const input = await planInput({
    clusterFile: join(scratchDirectory('cluster'), 'cluster.yaml'),
    config,
    hosts: config.hosts,
    facts,
    authorities,
    bundle: await openBundle(smallBundle()),
    secrets,
  })
  return { input, redact: secrets.redact }
}

const stepsOf = (input: PlanInput, phase: string, host: string): readonly Step[] => {
  const runs = (['init', 'join'] as const).map((name) => {
    const { phases, hosts } = shippedPlaybook(name)
    return {
      phases: phases.filter(({ id }) => id === phase),
      hosts: config.hosts.filter(({ role }) => role === hosts),
    }
  })
  const [planned] = buildPlan(input, runs).phases
  const tasks = planned?.hosts.find((each) => each.host === host)?.tasks ?? []
  return tasks.flatMap((task) => (task.kind === 'steps' ? task.steps : []))
}

test('on bare hosts: a certificate for each kubelet, which its kubeconfig names; no token; no CA key', async () => {
  const authorities = await authoritiesFor(config, new Date())
  const { input, redact } = await planning(authorities, healthyFacts(config))
  expect(input.joinTokens.size).toBe(0)
  expect([...(input.kubeletClients?.keys() ?? [])]).toEqual(['cp1', 'w1', 'w2'])
  for (const { certPem, pem } of input.kubeletClients?.values() ?? []) {
    expect(verifyWithOpenssl(certPem, authorities.ca.certPem, new Date())).toContain('OK')
    expect(redact(pem)).not.toContain(pem.split('\n').at(-3))
  }
  for (const files of input.identity.values()) {
    expect(files.filter(({ path }) => path.endsWith('ca.key'))).toEqual([])
    const conf = files.find(({ path }) => path === kubeletConf)
    expect(readKubeconfig(conf?.content ?? '')?.certFile).toBe(
      '/var/lib/kubelet/pki/kubelet-client-current.pem',
    )
  }
  expect(stepsOf(input, 'kubelet-client', 'w1').map(({ kind }) => kind)).toEqual([
    'directory',
    'directory',
    'file',
    'shell',
  ])
})

test('on hosts that had the keys: they are taken away, and nothing else is issued again', async () => {
  const signing = clusterConfig()
  const authorities = await authoritiesFor(signing, new Date())
  const standing = await joinedHosts(signing, authorities, new Date())
  const facts = new Map(
    [...healthyFacts(config)].map(([name, each]) => [name, { ...each, identity: standing[name] ?? {} }]),
  )
  const { input } = await planning(authorities, facts)
  const absent = stepsOf(input, 'certs', 'cp1').flatMap((step) => (step.kind === 'absent' ? [step.path] : []))
  const pki = '/etc/kubernetes/pki'
  expect(absent).toEqual([`${pki}/ca.key`, `${pki}/front-proxy-ca.key`, `${pki}/etcd/ca.key`])
  expect(input.kubeletClients?.size).toBe(0)
  const issued = [...input.identity.values()].flat().filter(({ origin }) => origin === 'issued')
  // The control plane's, which held the certificate that its kubelet started with.
  expect(issued.map(({ path, secret }) => [path, secret])).toEqual([[kubeletConf, true]])
})
