import { beforeAll, describe, expect, it } from 'vitest'
import { mintClient } from '../../../src/pki/client.ts'
import { kubeletUses } from '../../../src/run/kubelet-uses.ts'
import { clusterConfig } from '../../support/check-input.ts'
import { authoritiesFor, someday } from '../../support/pki.ts'

const hour = 3600
const issued = someday.getTime() / 1000
const made = { certPem: '' }
beforeAll(async () => {
  const authorities = await authoritiesFor(clusterConfig())
  const who = { commonName: 'system:node:w1', organizations: ['system:nodes'] }
  made.certPem = (await mintClient({ ...who, authorities, seconds: hour, now: someday })).certPem
})

/** A minute after it was issued. */
const now = (issued + 60) * 1000
const uses = (metrics: string, offsetSeconds = 0): boolean =>
  kubeletUses(`# HELP x y\n${metrics}\nother 1\n`, made.certPem, { offsetSeconds, now })

describe('a kubelet that renews its certificate', () => {
  const left = (seconds: number): string =>
    `process_start_time_seconds ${issued + 30}\nkubelet_certificate_manager_client_ttl_seconds ${seconds}`

  it.each([
    ['uses it, when it expires at the same moment', hour - 60, 0, true],
    ['uses another, when it does not', hour - 600, 0, false],
    ['uses it, by its own clock, which is ahead', hour - 60 - 500, 500, true],
  ])('%s', (_, seconds, offset, expected) => {
    expect(uses(left(seconds), offset)).toBe(expected)
  })
})

describe('a kubelet that does not', () => {
  it.each([
    ['has read it, when it was started since', issued + 30, 0, true],
    ['has not, when it was started before', issued - 30, 0, false],
    ['has not, by its own clock, which is ahead', issued + 30, 500, false],
    ['has read it, as metrics write large numbers', '1.7952625e+09', 0, true],
  ])('%s', (_, start, offset, expected) => {
    expect(uses(`process_start_time_seconds ${start}`, offset)).toBe(expected)
  })

  it('is not believed when it says nothing', () => {
    expect(uses('')).toBe(false)
  })
})
