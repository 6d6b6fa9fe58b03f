/** What a host does for a renewal: a kubelet is made to serve another certificate, a runtime that is off is started. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { kubeletServingCertificate } from '../../../src/constants.ts'
import { kubeletServing, runtimeOn } from '../../../src/phases/renewal.ts'
import type { Phase, PlanInput } from '../../../src/phases/types.ts'
import type { Step } from '../../../src/plan/types.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { plannedCluster } from '../../support/plan-input.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const standing = '-----BEGIN CERTIFICATE-----\nof before\n-----END CERTIFICATE-----\n'
const key = kubeletServingCertificate.replace('.crt', '.key')
const stamp = '/var/lib/slipway/services/kubelet.service'

let input: PlanInput
beforeAll(async () => {
  input = { ...(await plannedCluster()).input, kubeletServing: new Map([['w1', standing]]) }
})

const stepsOn = (name: string, phase: Phase = kubeletServing): readonly Step[] => {
  const host = input.config.hosts.find((each) => each.name === name)
  if (!host) throw new Error(`the cluster of this test has no ${name}`)
  return phase.tasks(input, host).flatMap((task) => (task.kind === 'steps' ? task.steps : []))
}

const hostWith = (shell: (typeof shells)[number], certificate: string): ShellHost => {
  const host = shellHost(shell)
  for (const [path, content] of [
    [kubeletServingCertificate, certificate],
    [key, 'key'],
    [stamp, 'a fingerprint'],
  ] as const) {
    mkdirSync(dirname(join(host.root, path)), { recursive: true })
    writeFileSync(join(host.root, path), content)
  }
  return host
}

const there = ({ root }: ShellHost) =>
  [kubeletServingCertificate, key, stamp].map((path) => existsSync(join(root, path)))

describe.each(shells)('%s', (shell) => {
  it('the one of before is removed with its key, once, and the kubelet will be restarted', async () => {
    const host = hostWith(shell, standing)
    expect(statuses(await attempt(host, stepsOn('w1')))).toEqual(['changed'])
    expect(there(host)).toEqual([false, false, false])
    expect(statuses(await attempt(host, stepsOn('w1')))).toEqual(['unchanged'])
  })

  it('a runtime that is off is started; one that is on is left alone', async () => {
    const host = shellHost(shell, [fakeCommands])
    const units = join(host.root, 'systemd')
    expect(statuses(await attempt(host, stepsOn('w1', runtimeOn)))).toEqual(['changed'])
    expect(statuses(await attempt(host, stepsOn('w1', runtimeOn)))).toEqual(['unchanged'])
    rmSync(join(units, 'containerd.service.enabled'))
    expect(statuses(await attempt(host, stepsOn('w1', runtimeOn)))).toEqual(['changed'])
    expect(readFileSync(join(units, 'journal'), 'utf8')).toBe('restart containerd.service\n')
  })

  it('one that the kubelet has made since is left alone', async () => {
    const host = hostWith(shell, standing.replace('before', 'now'))
    expect(statuses(await attempt(host, stepsOn('w1')))).toEqual(['unchanged'])
    expect(there(host)).toEqual([true, true, true])
  })
})

it('a host whose kubelet is not asked has nothing to do', () => {
  expect(stepsOn('w2')).toEqual([])
})
