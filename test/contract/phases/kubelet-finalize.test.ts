/** A kubeconfig with a certificate inside is made to name the kubelet's store, once there is one that came from it; on every shell. */
import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { kubeletClientCertificate, kubeletConf } from '../../../src/constants.ts'
import { kubeletFinalize } from '../../../src/phases/kubelet-finalize.ts'
import type { Step } from '../../../src/plan/types.ts'
import { type PlannedCluster, plannedCluster } from '../../support/plan-input.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const made: { cluster?: PlannedCluster } = {}
beforeAll(async () => {
  made.cluster = await plannedCluster()
})

const finalize = async (host: ShellHost): Promise<readonly string[]> => {
  const [controlPlane] = made.cluster?.config.hosts ?? []
  if (!made.cluster || !controlPlane) throw new Error('no cluster was planned')
  const tasks = kubeletFinalize.tasks(made.cluster.input, controlPlane)
  const steps: readonly Step[] = tasks.flatMap((task) => (task.kind === 'steps' ? task.steps : []))
  return statuses(await attempt(host, steps))
}

const place = (host: ShellHost, path: string, content: string, minute: number): void => {
  const file = join(host.root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content, { mode: 0o644 })
  utimesSync(file, minute * 60, minute * 60)
}

const read = (host: ShellHost): string => readFileSync(join(host.root, kubeletConf), 'utf8')

const inside = 'users:\n- user:\n    client-certificate-data: Yw==\n    client-key-data: aw==\n'

describe.each(shells)('%s', (shell) => {
  test('the store is named, for root alone, and that is the end of it', async () => {
    const host = shellHost(shell)
    place(host, kubeletConf, inside, 1)
    place(host, kubeletClientCertificate, 'certificate and key', 2)
    expect(await finalize(host)).toEqual(['changed'])
    expect(read(host)).toContain(`client-key: ${kubeletClientCertificate}\n`)
    expect(read(host)).toContain('server: https://10.0.0.11:6443\n')
    expect(read(host)).not.toContain('-key-data')
    expect(statSync(join(host.root, kubeletConf)).mode & 0o777).toBe(0o600)
    expect(await finalize(host)).toEqual(['unchanged'])
  })

  test('a kubelet that has still to start with what is inside keeps it', async () => {
    const host = shellHost(shell)
    expect(await finalize(host)).toEqual(['unchanged'])
    place(host, kubeletConf, inside, 2)
    expect(await finalize(host)).toEqual(['unchanged'])
    place(host, kubeletClientCertificate, 'has expired', 1)
    expect(await finalize(host)).toEqual(['unchanged'])
    expect(read(host)).toBe(inside)
  })
})
