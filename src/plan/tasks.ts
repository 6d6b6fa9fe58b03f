/** Short ways to say a task, so that a phase reads like what it does. */
import type { KubeObject, ObjectRef } from '../api/types.ts'
import type { Condition, Step, Task } from './types.ts'

export const steps = (...list: readonly Step[]): Task => ({ kind: 'steps', steps: list })
export const objects = (list: readonly KubeObject[]): Task => ({ kind: 'objects', objects: list })
export const remove = (refs: readonly ObjectRef[]): Task => ({ kind: 'delete', refs })
export const wait = (condition: Condition): Task => ({ kind: 'wait', condition })
