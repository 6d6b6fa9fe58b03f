/** Everything that a plan would change, without changing it. Takes a prepared run; gives a line a step, with texts to compare. */

import { stringify } from 'yaml'
import { asWritten, objectName } from '../api/objects.ts'
import type { KubeObject } from '../api/types.ts'
import type { StepResult } from '../host/program-types.ts'
import type { PhasePlan, Step, Task } from '../plan/types.ts'
import type { Prepared } from './cluster-run.ts'
import { lookAtObjects } from './tasks.ts'

export type Looked = {
  readonly phase: string
  readonly host: string
  readonly step: string
  readonly title: string
  readonly status: 'pending' | 'unchanged'
  readonly secret: boolean
  /** Of a secret that would be written: all that is said of its contents. */
  readonly bytes?: number
  readonly before?: string
  readonly after?: string
}

const textsOf = (step: Step, result: StepResult): Pick<Looked, 'before' | 'after' | 'secret' | 'bytes'> => {
  if (step.kind === 'block') return { secret: false, before: result.current ?? '', after: step.content }
  if (step.kind !== 'file') return { secret: false }
  if (step.secret) return { secret: true, bytes: Buffer.byteLength(step.content) }
  return { secret: false, before: result.current ?? '', after: step.content }
}

const lookAtSteps = (
  prepared: Prepared,
  phase: PhasePlan,
  host: string,
  steps: readonly Step[],
): readonly Looked[] =>
  steps.map((step) => {
    const result = prepared.survey
      .get(host)
      ?.find((each) => each.phase === phase.phase && each.step === step.id)
    const status = result?.status === 'unchanged' ? 'unchanged' : 'pending'
    const texts =
      result && status === 'pending'
        ? textsOf(step, result)
        : { secret: step.kind === 'file' && step.secret === true }
    return { phase: phase.phase, host, step: step.id, title: step.title, status, ...texts }
  })

/** For people to compare: what a ConfigMap holds is shown line by line. */
const yamlOf = (object: KubeObject | undefined): string =>
  object ? stringify(asWritten(object), { lineWidth: 0, sortMapEntries: true }) : ''

type ObjectsTask = Extract<Task, { kind: 'objects' | 'delete' }>

/** Where there is no API server yet, every object is still to be made. */
const lookAtCluster = async (
  prepared: Prepared,
  phase: PhasePlan,
  host: string,
  task: ObjectsTask,
): Promise<readonly Looked[]> => {
  const line = (
    object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>,
    status: Looked['status'],
    texts: Pick<Looked, 'before' | 'after'> = {},
  ): Looked => ({
    phase: phase.phase,
    host,
    step: objectName(object),
    title: `${task.kind === 'objects' ? 'apply' : 'delete'} ${objectName(object)}`,
    status,
    secret: object.kind === 'Secret',
    ...(object.kind === 'Secret' || status === 'unchanged' ? {} : texts),
  })
  try {
    const api = await prepared.api.admin()
    await api.text('/readyz')
    const looked = await lookAtObjects(task, api)
    return looked.map(({ object, status, before, after }) =>
      line(object, status === 'changed' ? 'pending' : 'unchanged', {
        before: yamlOf(before),
        after: yamlOf(after),
      }),
    )
  } catch {
    if (task.kind === 'delete') return task.refs.map((ref) => line(ref, 'unchanged'))
    return task.objects.map((object) => line(object, 'pending', { before: '', after: yamlOf(object) }))
  }
}

export const lookAtPlan = async (prepared: Prepared): Promise<readonly Looked[]> => {
  const parts = prepared.plan.phases.flatMap((phase) =>
    phase.hosts.flatMap(({ host, tasks }) =>
      tasks.map(async (task): Promise<readonly Looked[]> => {
        if (task.kind === 'steps') return lookAtSteps(prepared, phase, host, task.steps)
        return task.kind === 'wait' ? [] : lookAtCluster(prepared, phase, host, task)
      }),
    ),
  )
  return (await Promise.all(parts)).flat()
}
