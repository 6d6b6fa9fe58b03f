/** All that planning takes for a cluster of one control plane and two workers on bare hosts, with real keys. */
import type { RoleContents } from '../../src/bundle/role-contents.ts'
import type { ClusterConfig, HostConfig, HostRole } from '../../src/config/schema.ts'
import type { PlanInput } from '../../src/phases/types.ts'
import { createAuthorities, type OwnAuthorities } from '../../src/pki/authorities.ts'
import { caHash } from '../../src/pki/ca-hash.ts'
import { issueIdentity } from '../../src/pki/identity.ts'
import { buildPlan } from '../../src/plan/build.ts'
import type { BinaryStep, Plan } from '../../src/plan/types.ts'
import { shippedPlaybook } from '../../src/run/playbook.ts'
import { clusterConfig, healthyFacts } from './check-input.ts'
import { bundleImages } from './slipway-output.ts'

const blob = { digest: `sha256:${'b'.repeat(64)}`, size: 1 }

const executable = (path: string, role: HostRole): BinaryStep => ({
  kind: 'binary',
  id: path,
  title: `install ${path} of a ${role}`,
  path,
  mode: 0o755,
  sha256: 'c'.repeat(64),
  size: 1,
  blob,
})

/** What services run, and no image: what a bundle brings is told apart elsewhere. */
const contents = ({ role }: HostConfig): RoleContents => ({
  binaries: ['/usr/local/bin/containerd', '/usr/bin/kubelet'].map((path) => executable(path, role)),
  images: { kind: 'import', id: 'images', title: 'import', images: [], blobs: [], index: '{}' },
  extracts: [],
})

export type PlannedCluster = {
  readonly config: ClusterConfig
  readonly authorities: OwnAuthorities
  readonly input: PlanInput
}

export const plannedCluster = async (
  sections: Readonly<Record<string, unknown>> = {},
): Promise<PlannedCluster> => {
  const config = clusterConfig(sections)
  const now = new Date()
  const authorities = await createAuthorities(config.certificates, now)
  const facts = healthyFacts(config)
  const existing = new Map(config.hosts.map(({ name }) => [name, {}]))
  const workers = config.hosts.filter(({ role }) => role === 'worker')
  const input: PlanInput = {
    config,
    facts,
    identity: await issueIdentity({ config, authorities, existing, now }),
    caPem: authorities.ca.certPem,
    caHash: caHash(authorities.ca.certPem),
    images: bundleImages(config.kubernetes.version),
    contents,
    joinTokens: new Map(
      workers.map(({ name }, at) => [
        name,
        { token: `plant${at}.0123456789abcde${at}`, expires: '2030-01-01T00:00:00Z' },
      ]),
    ),
    registryTexts: {
      caPem: undefined,
      passwords: new Map(
        Object.keys(config.registry.credentials).map((name) => [name, `password of ${name}`]),
      ),
    },
    userManifests: [],
  }
  return { config, authorities, input }
}

/** As apply plans it: init and join side by side. */
export const planOf = ({ config, input }: PlannedCluster): Plan =>
  buildPlan(
    input,
    (['init', 'join'] as const).map((name) => {
      const { phases, hosts } = shippedPlaybook(name)
      return { phases, hosts: config.hosts.filter(({ role }) => role === hosts) }
    }),
  )
