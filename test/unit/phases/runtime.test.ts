import { beforeAll, describe, expect, test } from 'vitest'
import { runtime } from '../../../src/phases/runtime.ts'
import { apiServer } from '../../../src/phases/static-pods.ts'
import type { Phase, PlanInput } from '../../../src/phases/types.ts'
import { fingerprint } from '../../../src/plan/steps.ts'
import type { Step } from '../../../src/plan/types.ts'
import { clusterConfig, healthyFacts } from '../../support/check-input.ts'
import { plannedCluster } from '../../support/plan-input.ts'

const made: { input?: PlanInput } = {}
beforeAll(async () => {
  made.input = (await plannedCluster()).input
})

const stepsOf = (phase: Phase, sections: object = {}): readonly Step[] => {
  if (!made.input) throw new Error('not planned yet')
  const config = clusterConfig({ ...sections })
  const [host] = config.hosts
  if (!host) throw new Error('no host')
  return phase
    .tasks({ ...made.input, config, facts: healthyFacts(config) }, host)
    .flatMap((task) => (task.kind === 'steps' ? task.steps : []))
}

/** What containerd was started with, and what the API server was. */
const started = (sections: object = {}) => {
  const service = stepsOf(runtime, sections).find(({ kind }) => kind === 'service')
  const manifest = stepsOf(apiServer, sections).find(({ kind }) => kind === 'file')
  return {
    containerd: service?.kind === 'service' ? service.fingerprint : undefined,
    apiServer: manifest?.kind === 'file' ? fingerprint([manifest.content]) : undefined,
  }
}

const proxy = { https: 'http://proxy.example.com:3128' }

describe('what has to start again', () => {
  test('nothing for registries', () => {
    const mirrors = { 'docker.io': [{ endpoint: 'https://mirror.example.com' }] }
    expect(stepsOf(runtime, { registry: { mirrors } }).map(({ id }) => id)).toContain(
      '/etc/containerd/certs.d/docker.io/hosts.toml',
    )
    expect(started({ registry: { mirrors } })).toEqual(started())
  })

  test('containerd and the control plane for a proxy, and nothing for a host that its exemptions cover already', () => {
    expect(started({ proxy }).containerd).not.toBe(started().containerd)
    expect(started({ proxy }).apiServer).not.toBe(started().apiServer)
    const covered = { proxy: { ...proxy, noProxy: ['10.0.0.0/24', '.lan'] } }
    const host = (name: string, address: string, role: string) => ({ name, address, role })
    const hosts = [host('a.lan', '10.0.0.11', 'control-plane'), host('b.lan', '10.0.0.12', 'worker')]
    const more = [...hosts, host('c.lan', '10.0.0.13', 'worker')]
    expect(started({ ...covered, hosts: more })).toEqual(started({ ...covered, hosts }))
  })
})
