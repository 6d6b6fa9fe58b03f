/**
 * Does one task of a plan, through one host. Takes the task and what running has at hand (hosts, the API, the bundle's blobs);
 * gives how much changed, and says each step in an event. In check mode nothing is changed anywhere.
 */
import type { ApiClient } from '../api/client.ts'
import { applyObject, deleteObject, objectName, readObject } from '../api/objects.ts'
import type { KubeObject } from '../api/types.ts'
import { assertNever, HostError } from '../errors.ts'
import { compileProgram } from '../host/compile-program.ts'
import type { BlobSource, StepResult } from '../host/program-types.ts'
import { runProgram } from '../host/run-program.ts'
import type { Host } from '../host/types.ts'
import type { Condition, Step, Task } from '../plan/types.ts'
import type { Emit } from './events.ts'
import type { PartCounts } from './workflow.ts'

export type TaskContext = {
  readonly phase: string
  readonly host: Host
  /** The names of all hosts that this run reaches. */
  readonly connected: ReadonlySet<string>
  readonly api: () => Promise<ApiClient>
  readonly blobs: BlobSource
  readonly emit: Emit
  readonly signal?: AbortSignal | undefined
  /** What the look at all hosts before the run found for this host; undefined once something was changed since. */
  readonly surveyed: (phase: string) => readonly StepResult[] | undefined
  readonly wait: (condition: Condition, context: TaskContext) => Promise<void>
}

const none: PartCounts = { changed: 0, unchanged: 0, pending: 0 }

const countSteps = (results: readonly StepResult[]): PartCounts => ({
  changed: results.filter(({ status }) => status === 'changed').length,
  unchanged: results.filter(({ status }) => status === 'unchanged').length,
  pending: results.filter(({ status }) => status === 'pending').length,
})

export const addCounts = (counts: readonly PartCounts[]): PartCounts =>
  counts.reduce(
    (sum, each) => ({
      changed: sum.changed + each.changed,
      unchanged: sum.unchanged + each.unchanged,
      pending: sum.pending + each.pending,
    }),
    none,
  )

const carriesBlobs = ({ kind }: Step): boolean => kind === 'binary' || kind === 'import'

const doSteps = async (list: readonly Step[], context: TaskContext): Promise<PartCounts> => {
  const { phase, host, emit, signal, blobs } = context
  const sections = [{ phase, steps: list }]
  const doing = `phase ${phase}`
  const titles = new Map(list.map(({ id, title }) => [id, title]))
  const say = (result: StepResult): void =>
    emit({
      kind: 'step',
      phase,
      host: host.name,
      step: result.step,
      title: titles.get(result.step) ?? result.step,
      status: result.status,
      ...(result.detail === undefined ? {} : { detail: result.detail }),
    })
  const known = context.surveyed(phase)?.filter(({ step }) => titles.has(step))
  if (known && known.length === list.length && known.every(({ status }) => status === 'unchanged')) {
    known.forEach(say)
    return countSteps(known)
  }
  // What has to travel is known from the look before the run, or is asked for now: a phase costs one round trip, or two.
  const look = async () =>
    runProgram(host, compileProgram({ sections, mode: 'check' }), { blobs, doing, signal })
  const payload = list.some(carriesBlobs) ? (known ?? (await look())) : []
  const results = await runProgram(host, compileProgram({ sections, mode: 'apply', payload }), {
    blobs,
    doing,
    signal,
    onStep: say,
  })
  const failed = results.find(({ status }) => status === 'failed')
  if (failed) throw stepFailure(host, phase, list, failed)
  return countSteps(results)
}

const stepFailure = (host: Host, phase: string, list: readonly Step[], failed: StepResult): HostError => {
  const step = list.find(({ id }) => id === failed.step)
  const hint = step && 'hint' in step ? step.hint : undefined
  return new HostError(`could not ${step?.title ?? failed.step}`, {
    host: host.name,
    doing: `phase ${phase}`,
    output: failed.detail,
    hint,
  })
}

/** What others stand on: nothing can be made in a namespace, or of a kind, that is not there. */
const isGround = ({ kind }: KubeObject): boolean =>
  kind === 'Namespace' || kind === 'CustomResourceDefinition'

const applyAll = async (api: ApiClient, all: readonly KubeObject[]) => {
  const apply = (list: readonly KubeObject[]) =>
    Promise.all(
      list.map(async (object) => ({ object, ...(await applyObject(api, object, { dryRun: false })) })),
    )
  const ground = await apply(all.filter(isGround))
  return [...ground, ...(await apply(all.filter((object) => !isGround(object))))]
}

export const doTask = async (task: Task, context: TaskContext): Promise<PartCounts> => {
  const { phase, host, emit } = context
  const say = (step: string, title: string, status: 'changed' | 'unchanged'): PartCounts => {
    emit({ kind: 'step', phase, host: host.name, step, title, status })
    return { ...none, [status]: 1 }
  }
  switch (task.kind) {
    case 'steps':
      return doSteps(task.steps, context)
    case 'objects': {
      const api = await context.api()
      const applied = await applyAll(api, task.objects)
      return addCounts(
        applied.map(({ object, status }) => say(objectName(object), `apply ${objectName(object)}`, status)),
      )
    }
    case 'delete': {
      const api = await context.api()
      const deleted = await Promise.all(
        task.refs.map(async (ref) => ({ ref, status: await deleteObject(api, ref) })),
      )
      return addCounts(
        deleted.map(({ ref, status }) => say(objectName(ref), `delete ${objectName(ref)}`, status)),
      )
    }
    case 'wait':
      await context.wait(task.condition, context)
      return none
    default:
      return assertNever(task)
  }
}

/** What a task of objects would change, for `plan`. */
export const lookAtObjects = async (task: Extract<Task, { kind: 'objects' | 'delete' }>, api: ApiClient) =>
  task.kind === 'objects'
    ? Promise.all(
        task.objects.map(async (object) => ({
          object,
          ...(await applyObject(api, object, { dryRun: true })),
        })),
      )
    : Promise.all(
        task.refs.map(async (ref) => {
          const before = await readObject(api, ref)
          return {
            object: ref,
            before,
            after: undefined,
            status: before ? ('changed' as const) : ('unchanged' as const),
          }
        }),
      )
