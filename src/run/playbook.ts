/** Playbooks: what is done, in order. Takes a file's text; gives phases and the role of the hosts it is for. */
import { parse } from 'yaml'
import { z } from 'zod'
import { errorMessage, UserError } from '../errors.ts'
import { phases } from '../phases/index.ts'
import type { Phase } from '../phases/types.ts'
import type { Stage } from '../pki/rotation/stages.ts'
import { shippedText } from '../shipped.ts'

const shape = z.strictObject({
  name: z.string(),
  description: z.string(),
  hosts: z.enum(['control-plane', 'worker', 'all']),
  phases: z.array(z.string()),
})

export type Playbook = Omit<z.output<typeof shape>, 'phases'> & { readonly phases: readonly Phase[] }

const readShape = (text: string): z.output<typeof shape> => {
  try {
    return shape.parse(parse(text))
  } catch (cause) {
    const what = cause instanceof z.ZodError ? z.prettifyError(cause) : errorMessage(cause)
    throw new UserError(`that is no playbook: ${what}`, {
      hint: 'it has a name, a description, hosts (control-plane, worker or all) and phases, and nothing else',
      cause,
    })
  }
}

export const parsePlaybook = (text: string): Playbook => {
  const parsed = readShape(text)
  const twice = parsed.phases.find((id, at) => parsed.phases.indexOf(id) !== at)
  if (twice !== undefined)
    throw new UserError(`the playbook ${parsed.name} names the phase ${twice} twice`, {
      hint: 'a phase that has brought about what it is for has nothing left to do the second time',
    })
  const found = parsed.phases.map((id) => {
    const phase = phases.find((each) => each.id === id)
    if (phase) return phase
    throw new UserError(`the playbook ${parsed.name} names a phase that does not exist: ${id}`, {
      hint: 'see them with: slipway phase list',
    })
  })
  return { ...parsed, phases: found }
}

type Shipped = 'init' | 'join' | 'join-here' | `rotate-${Stage}` | 'certs-renew' | 'certs-rescue'

export const shippedPlaybook = (name: Shipped): Playbook =>
  parsePlaybook(shippedText(`playbooks/${name}.yaml`))
