/** Services: enabled, running, and started with the configuration that is there now. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ServiceStep } from '../../../src/plan/types.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const service = (unit: string, fingerprint: string): ServiceStep => ({
  kind: 'service',
  id: unit,
  title: `Run ${unit}`,
  unit,
  fingerprint,
})
const restarts = (host: ShellHost): number =>
  readFileSync(join(host.root, 'systemd/journal'), 'utf8').match(/^restart/gm)?.length ?? 0

describe.each(shells)('%s', (shell) => {
  it('is started once, and again only for another configuration', async () => {
    const host = shellHost(shell, [fakeCommands])
    expect(statuses(await attempt(host, [service('kubelet.service', 'one')]))).toEqual(['changed'])
    expect(statuses(await attempt(host, [service('kubelet.service', 'one')]))).toEqual(['unchanged'])
    expect(restarts(host)).toBe(1)
    expect(await attempt(host, [service('kubelet.service', 'two')], { mode: 'check' })).toMatchObject([
      { status: 'pending', detail: 'configuration changed since it was started' },
    ])
    expect(restarts(host)).toBe(1)
    expect(statuses(await attempt(host, [service('kubelet.service', 'two')]))).toEqual(['changed'])
    expect(restarts(host)).toBe(2)
  })

  it.each([
    ['enabled', 'not enabled'],
    ['state', 'not running'],
  ])('is made good when its %s was lost', async (file, detail) => {
    const host = shellHost(shell, [fakeCommands])
    await attempt(host, [service('kubelet.service', 'one')])
    rmSync(join(host.root, `systemd/kubelet.service.${file}`))
    expect(await attempt(host, [service('kubelet.service', 'one')])).toMatchObject([
      { status: 'changed', detail },
    ])
  })

  it('waits for a unit that is activating', async () => {
    const host = shellHost(shell, [fakeCommands])
    expect(statuses(await attempt(host, [service('slow.service', 'one')]))).toEqual(['changed'])
  })

  it("fails with the unit's status and journal, and is restarted next time even for its former configuration", async () => {
    const host = shellHost(shell, [fakeCommands])
    await attempt(host, [service('broken.service', 'one')])
    const [failed] = await attempt(host, [service('broken.service', 'two')])
    expect(failed).toMatchObject({ status: 'failed' })
    expect(failed?.detail).toContain('broken.service - a unit: failed\n--unit=broken.service: the reason why')
    // Somebody mends it by hand: what it runs with is not known, so it is not called unchanged.
    writeFileSync(join(host.root, 'systemd/broken.service.state'), 'active')
    const again = await attempt(host, [service('broken.service', 'one')], { mode: 'check' })
    expect(statuses(again)).toEqual(['pending'])
  })
})
