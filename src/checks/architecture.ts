/** Bundles hold binaries for two architectures. */
import { type Check, everyRole } from './types.ts'

const supported = ['amd64', 'arm64']

export const architecture: Check = {
  ids: ['Architecture'],
  title: 'the processor is one that bundles are made for',
  roles: everyRole,
  run: ({ facts, host }) =>
    supported.includes(facts.arch)
      ? []
      : [
          {
            severity: 'error',
            message: `the host is ${facts.arch || 'of an unknown architecture'}; bundles are made for ${supported.join(' and ')}`,
            remedy: `take ${host.name} out of the cluster file's hosts`,
          },
        ],
}
