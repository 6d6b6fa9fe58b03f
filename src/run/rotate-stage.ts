/**
 * One stage of a rotation, prepared like any other run. Takes the look at the cluster and the stage; gives a plan, what to look at
 * while it is carried out, and why something is not dropped yet.
 */
import type { HostConfig } from '../config/schema.ts'
import { kubeletClientCertificate } from '../constants.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import { generationsOf, type RotatableId } from '../pki/rotation/generations.ts'
import { authoritiesAt, idsAt, keptAsSigning, targetOf } from '../pki/rotation/progress.ts'
import type { Stage } from '../pki/rotation/stages.ts'
import { buildPlan } from '../plan/build.ts'
import { inTurn } from '../plan/in-turn.ts'
import { clusterApi } from './cluster-api.ts'
import type { Prepared } from './cluster-run.ts'
import { type KubeletClients, newKubeletClients, withClients } from './kubelet-clients.ts'
import { planInput } from './planning.ts'
import { shippedPlaybook } from './playbook.ts'
import { type Held, whyHeld } from './rotate-held.ts'
import { type Claim, proofs } from './rotate-proof.ts'
import { refuseUnready } from './rotate-read-back.ts'
import type { RotateOptions, RotateSession } from './rotate-session.ts'
import { survey } from './survey.ts'

export type StagePrepared = Prepared & {
  readonly stage: Stage
  readonly dropped: readonly RotatableId[]
  readonly held: readonly Held[]
}

type StageOptions = RotateOptions & {
  readonly tokensLiveSeconds: number
  readonly pauseAfter: Stage | undefined
}

/**
 * Where dropping etcd's CA follows at once, every API server is restarted for that: it takes up the key that signs tokens then, too,
 * and the stage before spares it. A rotation that is gone on with later cannot know what follows, and restarts it.
 */
const spared = ['control-plane/apiserver', 'etcd']

const sparesApiServers = ({ goOn, pauseAfter }: StageOptions, { rotation }: RotateSession, stage: Stage) =>
  stage === 'refresh' && goOn && pauseAfter !== 'refresh' && rotation.ids.includes('etcdCa')

type StageAs = {
  readonly stage: Stage
  readonly held: readonly Held[]
  readonly sparing: boolean
}

const claimsOf = ({ rotation }: RotateSession, { stage, held, sparing }: StageAs): readonly Claim[] =>
  idsAt(rotation, stage).map((id) => {
    const all = generationsOf(rotation.kept, id)
    const target = targetOf(rotation, id)
    const drops = stage === 'drop' && !held.some((each) => each.id === id)
    return {
      id,
      accepted: drops ? [target] : all,
      refused: drops ? all.filter(({ publicPem }) => publicPem !== target.publicPem) : [],
      // In the stage of issuing those that read their files once have not been restarted yet.
      ...(stage === 'trust' || (id === 'sa' && (stage === 'issue' || sparing)) ? {} : { serving: target }),
    }
  })

const configOf = (hosts: readonly HostConfig[], name: string): HostConfig => {
  const found = hosts.find((host) => host.name === name)
  if (found) return found
  throw new Error(`the cluster file has no host ${name}`)
}

const runsOf = ({ stage, sparing }: StageAs, hosts: readonly HostConfig[]) => {
  const all = shippedPlaybook(`rotate-${stage}`).phases
  const phases = sparing ? all.filter(({ id }) => !spared.includes(id)) : all
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
  const as = { stage, held, sparing: sparesApiServers(options, looked, stage) }
  const mayDrop = (id: RotatableId): boolean => !held.some((each) => each.id === id)
  const dropped = stage === 'drop' ? rotation.ids.filter(mayDrop) : []
  refuseUnready(rotation, dropped)
  const authorities = authoritiesAt(rotation, stage, mayDrop)
  const around = { config, authorities, hosts, facts: session.facts, now: new Date(), renew: () => false }
  const clients: KubeletClients = stage === 'issue' ? await newKubeletClients(around) : new Map()
  for (const { pem } of clients.values()) secrets.add(pem)
  const facts = withClients(session.facts, clients)
  const input = await planInput({ clusterFile, config, hosts: [], facts, authorities, bundle, secrets })
  const plan = inTurn(buildPlan({ ...input, kubeletClients: clients }, runsOf(as, hosts)))
  const present = hosts.flatMap(({ name }) => session.hosts.get(name) ?? [])
  const watched = proofs({
    claims: claimsOf(looked, as),
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
    blobs: bundle.inPlace,
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
