/**
 * Playbooks on a cluster, from cluster file to result. Takes what to run and on which hosts; gives what came of it, or, when only
 * looking, what would be done. Every command that touches hosts goes through here: config → facts → plan → run → report.
 */
import { join } from 'node:path'
import { mustHaveAllFor } from '../bundle/complete.ts'
import { keysOnHosts } from '../config/certificate-keys.ts'
import type { HostConfig } from '../config/schema.ts'
import type { StepResult } from '../host/program-types.ts'
import type { Host } from '../host/types.ts'
import { firstControlPlane } from '../phases/render-input.ts'
import { issuerBundle } from '../pki/authorities.ts'
import { caHashesIn } from '../pki/ca-hash.ts'
import { whatItCosts } from '../pki/given.ts'
import { secretsOf } from '../pki/rotation/generations.ts'
import { clusterFolder } from '../pki/store.ts'
import { buildPlan, type PlaybookRun } from '../plan/build.ts'
import type { Plan } from '../plan/types.ts'
import { rememberSigner } from './bundle-signer.ts'
import type { Cluster } from './cluster.ts'
import { type ClusterApi, clusterApi } from './cluster-api.ts'
import { clusterStore } from './cluster-store.ts'
import type { Watched } from './conditions/types.ts'
import type { Emit } from './events.ts'
import { andTheFirst, namedHosts } from './named-hosts.ts'
import { bundleFileOf, findAuthorities, planInput, readBundle, type Secrets } from './planning.ts'
import type { Playbook } from './playbook.ts'
import { preflight } from './preflight.ts'
import { openSession, type Session } from './session.ts'
import { type Survey, stillTrue, survey } from './survey.ts'
import { addCounts, doTask, type TaskContext } from './tasks.ts'
import { waitFor } from './wait.ts'
import { type Part, type PartResult, runWorkflow } from './workflow.ts'

/** What goes around every run. */
export type RunAround = {
  readonly emit: Emit
  readonly secrets: Secrets
  readonly signal?: AbortSignal | undefined
}

export type ClusterRunOptions = RunAround &
  Cluster & {
    readonly playbooks: readonly Playbook[]
    /** Names of hosts, when not all that the playbooks are for. */
    readonly only?: readonly string[] | undefined
    /** Ids of phases, when not all. */
    readonly phases?: readonly string[] | undefined
    readonly bundleFile?: string | undefined
    readonly ignore: readonly string[]
    readonly acceptNew: boolean
  }

export type Prepared = {
  readonly plan: Plan
  readonly survey: Survey
  readonly session: Session
  readonly api: ClusterApi
  readonly blobs: TaskContext['blobs']
  /** Conditions of this run's own. */
  readonly watched?: readonly Watched[]
  readonly close: () => Promise<void>
}

const chosenHosts = ({ config, playbooks, only }: ClusterRunOptions): readonly HostConfig[] => {
  const roles = playbooks.map(({ hosts }) => hosts)
  return namedHosts(config, only).filter(({ role }) => roles.includes(role))
}

/** What nobody asked for is not planned either. */
const runsOf = (
  { playbooks, phases: wanted }: ClusterRunOptions,
  hosts: readonly HostConfig[],
): readonly PlaybookRun[] =>
  playbooks.map(({ phases, hosts: role }) => ({
    phases: phases.filter(({ id }) => wanted === undefined || wanted.includes(id)),
    hosts: hosts.filter((host) => host.role === role),
  }))

export const prepare = async (
  options: ClusterRunOptions,
  look: { readonly lock: boolean },
): Promise<Prepared> => {
  const { clusterFile, config, emit, secrets, signal, acceptNew } = options
  // Everything on this machine first: a bundle that cannot be read is no reason to have touched a host.
  const bundle = await readBundle(options, bundleFileOf(options, options.bundleFile))
  mustHaveAllFor(bundle, config)
  if (look.lock) await rememberSigner(options, bundle, emit)
  const store = clusterStore(options)
  const hosts = chosenHosts(options)
  const connected = andTheFirst(config, hosts)
  emit({
    kind: 'phase-start',
    phase: 'preflight',
    title: 'Check the hosts',
    hosts: connected.map(({ name }) => name),
  })
  const started = Date.now()
  const session = await openSession({
    clusterFile,
    config,
    hosts: connected,
    acceptNew,
    lock: look.lock,
    secrets,
    signal,
  })
  try {
    const first = firstControlPlane(config)
    const known = (await store.load()) ?? (await store.adopt(session.facts.get(first.name)?.identity ?? {}))
    const caHashes = known ? caHashesIn(issuerBundle(known.ca)) : []
    preflight({
      config,
      facts: session.facts,
      hosts,
      caHashes,
      bundled: bundle.architectures,
      ignore: options.ignore,
      emit,
    })
    emit({ kind: 'phase-end', phase: 'preflight', seconds: (Date.now() - started) / 1000 })
    const authorities = await findAuthorities(store, config, session.facts, look.lock)
    for (const key of secretsOf(authorities)) secrets.add(key)
    if (!keysOnHosts(config)) emit({ kind: 'message', level: 'info', text: whatItCosts(config) })
    const input = await planInput({
      clusterFile,
      config,
      hosts,
      facts: session.facts,
      authorities,
      bundle,
      secrets,
    })
    const plan = buildPlan(input, runsOf(options, hosts))
    const looked = await survey(plan, [...session.hosts.values()], signal)
    const api = clusterApi(hostNamed(session, first.name), config, authorities, signal)
    const close = async (): Promise<void> => {
      api.close()
      await session.close()
    }
    return { plan, survey: looked, session, api, blobs: bundle.inPlace, close }
  } catch (error) {
    await session.close()
    throw error
  }
}

const hostNamed = (session: Session, name: string): Host => {
  const host = session.hosts.get(name)
  if (host) return host
  throw new Error(`not connected to ${name}`)
}

const partRunner = ({ emit, signal }: RunAround, prepared: Prepared) => {
  const unchanged = new Map([...prepared.survey].map(([host, results]) => [host, stillTrue(results)]))
  const connected = new Set(prepared.session.hosts.keys())
  return async ({ phase, host }: Part) => {
    const base: Omit<TaskContext, 'api'> = {
      phase: phase.phase,
      host: hostNamed(prepared.session, host.host),
      connected,
      blobs: prepared.blobs,
      emit,
      signal,
      surveyed: (id): readonly StepResult[] | undefined =>
        unchanged.get(host.host)?.get(id) ?? freshPayload(prepared, host.host, id),
      wait: (condition, context) => waitFor(condition, context, prepared.watched),
    }
    const counts = []
    for (const task of host.tasks) {
      const asSuper = task.kind === 'objects' && task.as === 'super-admin'
      const api = asSuper ? prepared.api.superAdmin : prepared.api.admin
      counts.push(await doTask(task, { ...base, api }))
    }
    return addCounts(counts)
  }
}

/** What a phase that carries blobs was found to lack holds until the phase runs: nothing else installs them. */
const freshPayload = (prepared: Prepared, host: string, phase: string): readonly StepResult[] | undefined => {
  const found = prepared.survey.get(host)?.filter((result) => result.phase === phase) ?? []
  return found.some(({ status, missingBlobs }) => status === 'pending' && missingBlobs) ? found : undefined
}

export const carryOut = (around: RunAround, prepared: Prepared): Promise<readonly PartResult[]> =>
  runWorkflow(prepared.plan, partRunner(around, prepared), { ...around, now: Date.now })

export const clusterLogs = (clusterFile: string, name: string): string =>
  join(clusterFolder(clusterFile, name), 'logs')
