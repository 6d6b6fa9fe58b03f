/**
 * One stage of a rotation, prepared like any other run. Takes the look at the cluster and the stage; gives a plan, what to look at
 * while it is carried out, and why something is not dropped yet.
 */
import type { HostConfig } from '../config/schema.ts'
import { kubeletClientCertificate, pkiDirectory } from '../constants.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import { generationsOf, type RotatableId } from '../pki/rotation/generations.ts'
import { authoritiesAt, idsAt, keptAsSigning, targetOf } from '../pki/rotation/progress.ts'
import type { Stage } from '../pki/rotation/stages.ts'
import { buildPlan } from '../plan/build.ts'
import { inTurn } from '../plan/in-turn.ts'
import { clusterApi } from './cluster-api.ts'
import type { Prepared } from './cluster-run.ts'
import { type KubeletClients, newKubeletClients, withClients } from './kubelet-clients.ts'
import { readNodes } from './nodes.ts'
import { planInput } from './planning.ts'
import { shippedPlaybook } from './playbook.ts'
import { type Claim, proofs } from './rotate-proof.ts'
import { refuseUnready } from './rotate-read-back.ts'
import type { RotateOptions, RotateSession } from './rotate-session.ts'
import { survey } from './survey.ts'

/** Why one is still trusted: a host has not been refreshed, or there are tokens that live. */
export type Held = { readonly id: RotatableId; readonly kind: 'host' | 'time'; readonly why: string }

export type StagePrepared = Prepared & {
  readonly stage: Stage
  readonly dropped: readonly RotatableId[]
  readonly held: readonly Held[]
}

type StageOptions = RotateOptions & { readonly tokensLiveSeconds: number }

const tokenKeySince = async ({ session, hosts }: RotateSession): Promise<number> => {
  const told = await Promise.all(
    hosts
      .filter(({ role }) => role === 'control-plane')
      .map(({ name }) =>
        session.hosts.get(name)?.exec({
          command: ['stat', '-c', '%Y', `${pkiDirectory}/sa.key`],
          doing: 'asking since when tokens are signed with this key',
        }),
      ),
  )
  return Math.max(0, ...told.map((each) => Number(each?.stdout ?? 0)))
}

/** Nodes that the cluster has and the cluster file does not: nobody would refresh them. */
const strangers = async (options: RotateOptions, api: Prepared['api']): Promise<readonly string[]> => {
  const nodes = await readNodes(await api.admin())
  return nodes
    .map(({ name }) => name)
    .filter((name) => !options.config.hosts.some((host) => host.name === name))
}

const whyHeld = async (
  options: StageOptions,
  looked: RotateSession,
  api: Prepared['api'],
): Promise<readonly Held[]> => {
  const { ids } = looked.rotation
  const unseen = looked.absent.map(({ host, why }) => ({
    id: 'ca' as const,
    kind: 'host' as const,
    why: `${host} has not been seen with the new CA: ${why}`,
  }))
  const unknown = (ids.includes('ca') ? await strangers(options, api) : []).map((node) => ({
    id: 'ca' as const,
    kind: 'host' as const,
    why: `the node ${node} is in the cluster, but not in the cluster file`,
  }))
  const until = new Date(((await tokenKeySince(looked)) + options.tokensLiveSeconds) * 1000)
  const tokens: readonly Held[] =
    until > new Date() && !looked.rotation.rollback
      ? [
          {
            id: 'sa',
            kind: 'time',
            why: `tokens that the old key has signed may live until ${until.toISOString()}`,
          },
        ]
      : []
  return [...unseen, ...unknown, ...tokens].filter(({ id }) => ids.includes(id))
}

const claimsOf = ({ rotation }: RotateSession, stage: Stage, held: readonly Held[]): readonly Claim[] =>
  idsAt(rotation, stage).map((id) => {
    const all = generationsOf(rotation.kept, id)
    const target = targetOf(rotation, id)
    const drops = stage === 'drop' && !held.some((each) => each.id === id)
    return {
      id,
      accepted: drops ? [target] : all,
      refused: drops ? all.filter(({ publicPem }) => publicPem !== target.publicPem) : [],
      // In the stage of issuing those that read their files once have not been restarted yet.
      ...(stage === 'trust' || (stage === 'issue' && id === 'sa') ? {} : { serving: target }),
    }
  })

const configOf = (hosts: readonly HostConfig[], name: string): HostConfig => {
  const found = hosts.find((host) => host.name === name)
  if (found) return found
  throw new Error(`the cluster file has no host ${name}`)
}

const runsOf = (stage: Stage, hosts: readonly HostConfig[]) => {
  const { phases } = shippedPlaybook(`rotate-${stage}`)
  return (['control-plane', 'worker'] as const).map((role) => ({
    phases,
    hosts: hosts.filter((host) => host.role === role),
  }))
}

export const prepareStage = async (
  options: StageOptions,
  looked: RotateSession,
  stage: Stage,
): Promise<StagePrepared> => {
  const { clusterFile, config, bundle, secrets, signal } = options
  const { session, hosts, rotation } = looked
  const first = firstControlPlane(config).name
  const connection = session.hosts.get(first)
  if (!connection) throw new Error(`not connected to ${first}`)
  const api = clusterApi(connection, config, keptAsSigning(rotation))
  const held = stage === 'drop' ? await whyHeld(options, looked, api) : []
  const mayDrop = (id: RotatableId): boolean => !held.some((each) => each.id === id)
  const dropped = stage === 'drop' ? rotation.ids.filter(mayDrop) : []
  refuseUnready(rotation, dropped)
  const authorities = authoritiesAt(rotation, stage, mayDrop)
  const around = { config, authorities, hosts, facts: session.facts, now: new Date(), renew: () => false }
  const clients: KubeletClients = stage === 'issue' ? await newKubeletClients(around) : new Map()
  for (const { pem } of clients.values()) secrets.add(pem)
  const facts = withClients(session.facts, clients)
  const input = await planInput({ clusterFile, config, hosts: [], facts, authorities, bundle, secrets })
  const plan = inTurn(buildPlan({ ...input, kubeletClients: clients }, runsOf(stage, hosts)))
  const present = hosts.flatMap(({ name }) => session.hosts.get(name) ?? [])
  const watched = proofs({
    claims: claimsOf(looked, stage, held),
    proven: (name, open) => {
      const [host, told] = [session.hosts.get(name), facts.get(name)]
      if (!host || !told) throw new Error(`not connected to ${name}`)
      return { host, config: configOf(hosts, name), facts: told, api: open }
    },
    kubelet: (name) => facts.get(name)?.identity[kubeletClientCertificate],
  })
  return {
    plan,
    survey: await survey(plan, present, signal),
    session,
    api,
    blobs: bundle,
    watched: [watched],
    stage,
    dropped,
    held,
    close: async () => {
      api.close()
      await session.close()
    },
  }
}
