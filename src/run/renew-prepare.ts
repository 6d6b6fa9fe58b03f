/**
 * From the look at the hosts to a run like any other. Takes what is to be issued, and the playbook that brings it about; gives the
 * prepared run.
 */
import { kubeletClientCertificate, kubeletServingCertificate } from '../constants.ts'
import type { HostFacts } from '../facts/types.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import type { PlanInput } from '../phases/types.ts'
import { kubeletClientName, kubeletServingName, type Renewal, type RenewalHost } from '../pki/renewal.ts'
import { buildPlan } from '../plan/build.ts'
import type { Plan } from '../plan/types.ts'
import { clusterApi } from './cluster-api.ts'
import type { Prepared } from './cluster-run.ts'
import { newKubeletClients, withClients } from './kubelet-clients.ts'
import { planInput } from './planning.ts'
import { shippedPlaybook } from './playbook.ts'
import type { Absent } from './present-hosts.ts'
import { proofOfUse } from './renew-proof.ts'
import type { RenewOptions, RenewSession } from './renew-session.ts'
import { survey } from './survey.ts'

export type RenewPrepared = Prepared & { readonly absent: readonly Absent[] }

export type Manner = {
  readonly playbook: 'certs-renew' | 'certs-rescue'
  readonly choose: (hosts: readonly RenewalHost[], now: Date) => Renewal
  readonly order: (plan: Plan) => Plan
}

const identityOf = ({ session }: RenewSession, host: string): HostFacts['identity'] =>
  session.facts.get(host)?.identity ?? {}

/** What kubelets serve and are not to serve any more. */
const givenUp = (looked: RenewSession, { has }: Renewal): ReadonlyMap<string, string> =>
  new Map(
    looked.hosts.flatMap(({ name }) => {
      const standing = identityOf(looked, name)[kubeletServingCertificate]
      return standing && has(kubeletServingName, name) ? [[name, standing] as const] : []
    }),
  )

const plannedInput = async (
  options: RenewOptions,
  looked: RenewSession,
  renewal: Renewal,
  now: Date,
): Promise<PlanInput> => {
  const { clusterFile, config, bundle, secrets } = options
  const { session, authorities } = looked
  const clients = await newKubeletClients({
    config,
    authorities,
    hosts: looked.hosts,
    facts: session.facts,
    now,
    renew: (host) => renewal.has(kubeletClientName, host),
  })
  for (const { pem } of clients.values()) secrets.add(pem)
  const facts = withClients(session.facts, clients)
  const around = { clusterFile, config, hosts: [], authorities, bundle, secrets }
  const input = await planInput({ ...around, facts, renew: renewal.renew })
  return { ...input, kubeletClients: clients, kubeletServing: givenUp(looked, renewal) }
}

const proofFor = ({ session, hosts }: RenewSession, input: PlanInput) =>
  proofOfUse({
    proven: (name, api) => {
      const [host, facts] = [session.hosts.get(name), input.facts.get(name)]
      const config = hosts.find((each) => each.name === name)
      if (!host || !facts || !config) throw new Error(`not connected to ${name}`)
      return { host, config, facts, api }
    },
    given: (name) => ({
      files: Object.fromEntries((input.identity.get(name) ?? []).map(({ path, content }) => [path, content])),
      kubelet: input.facts.get(name)?.identity[kubeletClientCertificate],
      notServed: input.kubeletServing?.get(name),
    }),
  })

export const prepareWith = async (
  options: RenewOptions,
  looked: RenewSession,
  { playbook, choose, order }: Manner,
): Promise<RenewPrepared> => {
  const { config, bundle, signal } = options
  const { session, hosts, authorities, absent } = looked
  const now = new Date()
  const there = hosts.map(({ name, role }) => ({ name, role, files: identityOf(looked, name) }))
  const input = await plannedInput(options, looked, choose(there, now), now)
  const { phases } = shippedPlaybook(playbook)
  const runs = (['control-plane', 'worker'] as const).map((role) => ({
    phases,
    hosts: hosts.filter((host) => host.role === role),
  }))
  const plan = order(buildPlan(input, runs))
  const first = session.hosts.get(firstControlPlane(config).name)
  if (!first) throw new Error('not connected to the first control plane')
  const present = hosts.flatMap(({ name }) => session.hosts.get(name) ?? [])
  const looks = await survey(plan, present, signal)
  const api = clusterApi(first, config, authorities, signal)
  const close = async (): Promise<void> => {
    api.close()
    await session.close()
  }
  const watched = [proofFor(looked, input)]
  return { plan, survey: looks, session, api, blobs: bundle.inPlace, watched, absent, close }
}
