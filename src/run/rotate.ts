/**
 * A rotation, stage after stage, each a run of its own: before each the hosts are looked at anew, so that it begins from what they are
 * and not from what the stage before believed to have done. Takes what to replace and how a run is carried out and reported; gives
 * what is still trusted at the end, and why.
 */
import type { Bundle } from '../bundle/open.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import type { RotatableId } from '../pki/rotation/generations.ts'
import { keptAsSigning, stagesToGo, withoutOthers } from '../pki/rotation/progress.ts'
import { type Stage, stages } from '../pki/rotation/stages.ts'
import { writeAdminKubeconfig } from './admin-kubeconfig.ts'
import type { Cluster } from './cluster.ts'
import type { Prepared, RunAround } from './cluster-run.ts'
import type { Held } from './rotate-held.ts'
import { readBack } from './rotate-read-back.ts'
import { openRotation, type RotateSession } from './rotate-session.ts'
import { prepareStage, type StagePrepared } from './rotate-stage.ts'

export type { Held } from './rotate-held.ts'

export type RotateRequest = {
  readonly cluster: Cluster
  readonly bundle: Bundle
  readonly ids: readonly RotatableId[]
  readonly rollback: boolean
  readonly pauseAfter: Stage | undefined
  readonly tokensLiveSeconds: number
  readonly acceptNew: boolean
  readonly ignore: readonly string[]
  /** Carries one stage out, and reports it. `next` is what it says at its end. */
  readonly run: (
    prepare: (around: RunAround) => Promise<Prepared>,
    next: () => Promise<readonly string[]>,
  ) => Promise<void>
}

const hour = 3600

/** Pods' tokens are good for a year, for programs that never read them again, unless that is turned off (CIS 1.2.30). */
export const tokensLiveSeconds = ({ controlPlane }: ClusterConfig): number =>
  controlPlane.apiServer.extraArgs['service-account-extend-token-expiration'] === 'false'
    ? hour
    : 365 * 24 * hour

const paused: Readonly<Record<Stage, string>> = {
  trust:
    'paused: everybody trusts the old and the new. Programs of yours that read their CA only once can be restarted now',
  issue: 'paused: everything is issued by the new; what reads its certificates only once still uses the old',
  refresh: 'paused: everybody uses what the new has issued; the old is still trusted',
  drop: '',
}

const places = (stage: Stage): number => stages.indexOf(stage)

/** What is read from the hosts says where to begin; that this run has just proved a stage is the one thing it knows better. */
const nextStage = (looked: RotateSession, done: Stage | undefined, pauseAfter: Stage | undefined): Stage => {
  const left = stagesToGo(looked.rotation).filter(
    (stage) => done === undefined || places(stage) > places(done),
  )
  const stage = left[0] ?? 'drop'
  if (pauseAfter === undefined || places(stage) <= places(pauseAfter)) return stage
  throw new UserError(`the stage ${pauseAfter} is over: this rotation is at ${stage}`, {
    hint: 'pause after a later stage, or leave --pause-after out',
  })
}

/** Other commands on this machine go by what the hosts are now; of what was dropped the key is forgotten, at last. */
const settle = async (
  { cluster }: RotateRequest,
  looked: RotateSession,
  { stage, dropped }: StagePrepared,
): Promise<void> => {
  const now = await readBack(looked, stage, dropped)
  await looked.store.save(withoutOthers({ ...now, kept: keptAsSigning(now) }, dropped))
  await writeAdminKubeconfig(cluster)
}

type Done = { readonly stage: Stage; readonly held: readonly Held[] }

const rotateStage = async (request: RotateRequest, before: Stage | undefined): Promise<Done> => {
  const { cluster, pauseAfter, run } = request
  const state: { looked?: RotateSession; prepared?: StagePrepared } = {}
  const prepare = async (around: RunAround): Promise<Prepared> => {
    const options = { ...request, ...cluster, ...around, goOn: before !== undefined }
    const looked = await openRotation(options)
    try {
      const stage = nextStage(looked, before, pauseAfter)
      const text = `stage ${places(stage) + 1} of ${stages.length}: ${stage}`
      around.emit({ kind: 'message', level: 'info', text })
      const prepared = await prepareStage(options, looked, stage)
      Object.assign(state, { looked, prepared })
      return prepared
    } catch (error) {
      await looked.session.close()
      throw error
    }
  }
  const next = async (): Promise<readonly string[]> => {
    const { looked, prepared } = state
    if (!looked || !prepared) return []
    await settle(request, looked, prepared)
    const held = prepared.held.map(({ why }) => `still trusted: ${why}`)
    return [...held, ...(prepared.stage === pauseAfter ? [paused[prepared.stage]] : [])]
  }
  await run(prepare, next)
  return { stage: state.prepared?.stage ?? 'drop', held: state.prepared?.held ?? [] }
}

export const rotate = async (request: RotateRequest): Promise<readonly Held[]> => {
  let done: Done = await rotateStage(request, undefined)
  while (done.stage !== 'drop' && done.stage !== request.pauseAfter)
    done = await rotateStage(request, done.stage)
  return done.held
}
