/** Takes a check's input and what to compare; gives the names of the other hosts that have the same. Empty values never count. */
import type { HostFacts } from '../../facts/types.ts'
import type { CheckInput } from '../types.ts'

export const sharedWith = (input: CheckInput, value: (facts: HostFacts) => string): readonly string[] => {
  const own = value(input.facts)
  if (own === '') return []
  return [...input.all]
    .filter(([name, facts]) => name !== input.host.name && value(facts) === own)
    .map(([name]) => name)
}
