/** The units say what the cluster file says, and nothing in a path means anything to systemd. */
import { describe, expect, it } from 'vitest'
import { type Caller, renewedAfter, unitsOf } from '../../../src/run/auto-renew-units.ts'
import { clusterConfig } from '../../support/check-input.ts'

const caller: Caller = {
  slipway: ['/usr/bin/env', '/opt/slipway/bin/slipway.js'],
  clusterFile: '/srv/demo/cluster.yaml',
  passphraseFile: undefined,
  environment: { HOME: '/root' },
  folder: '/srv',
}
const config = (autoRenew: object = {}, more: object = {}) =>
  clusterConfig({ certificates: { autoRenew, ...more } })

it.each([
  [config(), '243d'],
  [config({}, { validity: '90d' }), '60d'],
  [config({}, { validity: '3h' }), '120m'],
  [config({ olderThan: '30d' }), '30d'],
])('certificates are renewed while there is time to notice that it fails', ({ certificates }, after) => {
  expect(renewedAfter(certificates)).toBe(after)
})

describe('the units', () => {
  it('run one command, as often as the cluster file says', () => {
    const { service, timer, files } = unitsOf(caller, config({ every: 'weekly' }))
    expect(files[service]).toContain(
      'ExecStart="/usr/bin/env" "/opt/slipway/bin/slipway.js" "certs" "renew" "--older-than" "243d" "-c" "/srv/demo/cluster.yaml"\n',
    )
    expect(files[timer]).toContain('OnCalendar=weekly\n')
  })

  it('a file with the passphrase is named, never read', () => {
    const { service, files } = unitsOf({ ...caller, passphraseFile: '/root/pass phrase' }, config())
    expect(files[service]).toContain(' "--passphrase-file" "/root/pass phrase"\n')
  })

  it('nothing in a path means anything to systemd', () => {
    const clusterFile = '/srv/100% "sure"\\ $HOME/%h.yaml'
    const { service, files } = unitsOf({ ...caller, clusterFile, folder: '/srv/50%' }, config())
    expect(files[service]).toContain(String.raw`"/srv/100%% \"sure\"\\ $$HOME/%%h.yaml"`)
    expect(files[service]).toContain('WorkingDirectory=/srv/50%%\n')
  })
})
