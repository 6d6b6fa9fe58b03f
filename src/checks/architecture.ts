/** Bundles hold binaries for one architecture, or for several. */
import { type Check, everyRole } from './types.ts'

const supported = ['amd64', 'arm64']

export const architecture: Check = {
  ids: ['Architecture'],
  title: 'the processor is one that the bundle is for',
  roles: everyRole,
  run: ({ facts, host, bundled = supported }) => {
    const arch = facts.arch || 'of an unknown architecture'
    if (!supported.includes(facts.arch))
      return [
        {
          severity: 'error',
          message: `the host is ${arch}; bundles are made for ${supported.join(' and ')}`,
          remedy: `take ${host.name} out of the cluster file's hosts`,
        },
      ]
    if (bundled.includes(facts.arch)) return []
    const wanted = [...bundled, facts.arch].toSorted().join(',')
    return [
      {
        severity: 'error',
        message: `the host is ${arch}; the bundle is for ${bundled.join(' and ')}`,
        remedy: `make one that is for it, too: slipway bundle create --arch ${wanted}`,
      },
    ]
  },
}
