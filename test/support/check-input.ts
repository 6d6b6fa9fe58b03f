/** Runs one check on a cluster of one control plane and two workers that are healthy but for what a test changes. */
import type { Check, CheckInput, Problem } from '../../src/checks/types.ts'
import { type ClusterConfig, clusterSchema, type HostConfig } from '../../src/config/schema.ts'
import type { HostFacts } from '../../src/facts/types.ts'
import { hostFacts } from './facts.ts'

const bareHosts = [
  { name: 'cp1', address: '10.0.0.11', role: 'control-plane' },
  { name: 'w1', address: '10.0.0.21', role: 'worker' },
  { name: 'w2', address: '10.0.0.22', role: 'worker' },
]

/** The cluster file with these sections in it, as a user would write them. */
export const clusterConfig = (sections: Readonly<Record<string, unknown>> = {}): ClusterConfig =>
  clusterSchema.parse({
    apiVersion: 'slipway/v1',
    kind: 'Cluster',
    name: 'demo',
    kubernetes: { version: '1.37.1' },
    hosts: bareHosts,
    ...sections,
  })

/** What each host of the cluster file says when all is well: everything that must differ between hosts differs. */
export const healthyFacts = (config: ClusterConfig): ReadonlyMap<string, HostFacts> =>
  new Map(
    config.hosts.map((host, index) => [
      host.name,
      hostFacts({
        host: host.name,
        hostname: host.name,
        machineId: `${index + 1}`.repeat(32),
        productUuid: `uuid-${host.name}`,
        addresses: [host.address],
      }),
    ]),
  )

export type Situation = {
  readonly on?: string
  readonly facts?: Partial<HostFacts>
  /** What is different on the other hosts, by name. */
  readonly others?: Readonly<Record<string, Partial<HostFacts>>>
  readonly config?: Readonly<Record<string, unknown>>
  readonly ownership?: CheckInput['ownership']
  readonly bundled?: CheckInput['bundled']
}

export const problemsOf = (check: Check, situation: Situation = {}): readonly Problem[] => {
  const { on = 'cp1', facts = {}, others = {}, ownership = { kind: 'nobody' }, bundled } = situation
  const config = clusterConfig(situation.config)
  const changes: Readonly<Record<string, Partial<HostFacts>>> = { ...others, [on]: facts }
  const all = new Map(
    [...healthyFacts(config)].map(([name, healthy]) => [name, { ...healthy, ...changes[name] }]),
  )
  const host = hostOf(config, on)
  const own = all.get(on)
  if (own === undefined || !check.roles.includes(host.role)) throw new Error(`${check.title}: not for ${on}`)
  return check.run({ config, host, facts: own, all, ownership, bundled })
}

const hostOf = (config: ClusterConfig, name: string): HostConfig => {
  const host = config.hosts.find((candidate) => candidate.name === name)
  if (host === undefined) throw new Error(`the cluster file of this test has no host ${name}`)
  return host
}

/** `error NumCPU`, `warning Swap`: what a table of a test holds. */
export const briefly = (check: Check, problems: readonly Problem[]): readonly string[] =>
  problems.map(({ id = check.ids[0], severity }) => `${severity} ${id}`)
