/** One static pod after another, with a runtime and a kubelet that are files: who waits for whom, on every shell. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { letEnd, startNow } from '../../../src/phases/static-pod-steps.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const pod = { component: 'kube-apiserver', hash: '0123456789abcdef' }
const etcd = { component: 'etcd', hash: '12e4567890123456' }

const hostWith = (
  shell: (typeof shells)[number],
  kubelet: 'active' | 'inactive',
  sandboxes: Readonly<Record<string, readonly string[]>>,
): ShellHost => {
  const host = shellHost(shell, [fakeCommands])
  mkdirSync(join(host.root, 'sandboxes'))
  mkdirSync(join(host.root, 'systemd'))
  writeFileSync(join(host.root, 'systemd/kubelet.state'), `${kubelet}\n`)
  for (const [name, hashes] of Object.entries(sandboxes))
    writeFileSync(join(host.root, 'sandboxes', name), hashes.map((hash) => `${hash}\n`).join(''))
  return host
}

const journal = (host: ShellHost): string => readFileSync(join(host.root, 'systemd/journal'), 'utf8')

describe.each(shells)('%s', (shell) => {
  it.each<[string, 'active' | 'inactive', readonly string[]]>([
    ['a host where no kubelet runs yet', 'inactive', ['ffffffffffffffff']],
    ['the wanted one runs', 'active', [pod.hash]],
    ['none runs', 'active', []],
  ])('nothing has to end: %s', async (_, kubelet, hashes) => {
    const host = hostWith(shell, kubelet, { [pod.component]: hashes })
    expect(statuses(await attempt(host, [letEnd(pod)]))).toEqual(['unchanged'])
  })

  it('waits until the one before has ended', async () => {
    const host = hostWith(shell, 'active', { [pod.component]: ['ffffffffffffffff', pod.hash] })
    expect(statuses(await attempt(host, [letEnd(pod)], { mode: 'check' }))).toEqual(['pending'])
    const ending = attempt(host, [letEnd(pod)])
    setTimeout(() => rmSync(join(host.root, 'sandboxes', pod.component)), 500)
    expect(statuses(await ending)).toEqual(['changed'])
  })

  it('a kubelet is restarted where one of them does not run as wanted, and starts it', async () => {
    const host = hostWith(shell, 'active', { etcd: [etcd.hash], 'kube-apiserver.next': [pod.hash] })
    expect(statuses(await attempt(host, [startNow([etcd, pod])]))).toEqual(['changed'])
    expect(journal(host)).toBe('restart kubelet\n')
    expect(statuses(await attempt(host, [startNow([etcd, pod])]))).toEqual(['unchanged'])
  })

  it('a kubelet that does not run is left to the phase that starts it', async () => {
    const host = hostWith(shell, 'inactive', {})
    expect(statuses(await attempt(host, [startNow([etcd, pod])]))).toEqual(['unchanged'])
  })
})
