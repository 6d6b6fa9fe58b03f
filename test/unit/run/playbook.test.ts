/** A playbook is taken when it says something that can be done; else it is the user's to mend, with what is wrong with it. */
import { expect, test } from 'vitest'
import { UserError } from '../../../src/errors.ts'
import { parsePlaybook } from '../../../src/run/playbook.ts'

const text = (phases: string, more = ''): string =>
  `name: mine\ndescription: what I do\nhosts: worker\nphases: ${phases}\n${more}`

test('phases in the order in which they stand', () => {
  const { name, hosts, phases } = parsePlaybook(text('[runtime, preflight]'))
  expect({ name, hosts, ids: phases.map(({ id }) => id) }).toEqual({
    name: 'mine',
    hosts: 'worker',
    ids: ['runtime', 'preflight'],
  })
})

test.each([
  ['a phase that does not exist', text('[preflight, reboot]'), 'names a phase that does not exist: reboot'],
  ['a phase twice', text('[preflight, runtime, preflight]'), 'names the phase preflight twice'],
  ['a key that is not known', text('[preflight]', 'when: never'), 'when'],
  ['no phases', 'name: mine\ndescription: x\nhosts: worker\n', 'phases'],
  ['hosts of no role', text('[preflight]').replace('worker', 'etcd'), 'hosts'],
  ['what is no YAML', 'name: [', 'playbook'],
  ['nothing', '', 'playbook'],
])('%s is refused', (_what, given, message) => {
  expect(() => parsePlaybook(given)).toThrow(message)
  expect(() => parsePlaybook(given)).toThrow(UserError)
})
