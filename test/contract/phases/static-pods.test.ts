/** One static pod after another, with a runtime and a kubelet that are files: who waits for whom, on every shell. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endOthers, holdKubelet, startNow } from '../../../src/phases/static-pod-steps.ts'
import { fakeCommands } from '../../support/fake-commands.ts'
import { attempt, statuses } from '../../support/programs.ts'
import { type ShellHost, shellHost, shells } from '../../support/shell-host.ts'

const pod = { component: 'kube-apiserver', hash: '0123456789abcdef' }
const controllers = { component: 'kube-controller-manager', hash: '00c4567890123456' }
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
const ended = (host: ShellHost): string => readFileSync(join(host.root, 'sandboxes/ended'), 'utf8')
const other = 'ffffffffffffffff'

/** What a phase does in order, but for the manifest itself. */
const inOrder = [holdKubelet([pod]), endOthers(pod, 0), startNow([pod])]

describe.each(shells)('%s', (shell) => {
  it.each<[string, 'active' | 'inactive', readonly string[]]>([
    ['no kubelet runs yet', 'inactive', [other]],
    ['the wanted one runs', 'active', [pod.hash]],
  ])('nothing is done where %s', async (_, kubelet, hashes) => {
    const host = hostWith(shell, kubelet, { [pod.component]: hashes })
    expect(statuses(await attempt(host, inOrder))).toEqual(['unchanged', 'unchanged', 'unchanged'])
  })

  it('where none runs, a kubelet is not held, but restarted', async () => {
    const host = hostWith(shell, 'active', { [`${pod.component}.next`]: [pod.hash] })
    expect(statuses(await attempt(host, inOrder))).toEqual(['unchanged', 'unchanged', 'changed'])
    expect(journal(host)).toBe('stop slipway-kubelet-back.timer\nrestart kubelet\n')
  })

  it('the kubelet is held, a timer set first, and the one of before killed', async () => {
    const host = hostWith(shell, 'active', {
      [pod.component]: [other],
      [`${pod.component}.next`]: [pod.hash],
    })
    expect(statuses(await attempt(host, inOrder, { mode: 'check' }))).toEqual([
      'pending',
      'pending',
      'pending',
    ])
    expect(statuses(await attempt(host, inOrder))).toEqual(['changed', 'changed', 'changed'])
    expect(journal(host).split('\n')).toEqual([
      'stop slipway-kubelet-back.timer',
      'timer slipway-kubelet-back 30: systemctl start kubelet',
      'stop kubelet',
      'stop slipway-kubelet-back.timer',
      'restart kubelet',
      '',
    ])
    expect(ended(host)).toBe(`stop 5a${other}\n`)
    expect(statuses(await attempt(host, inOrder))).toEqual(['unchanged', 'unchanged', 'unchanged'])
  })

  it('one that may take its time is asked to end first', async () => {
    const host = hostWith(shell, 'active', { etcd: [other] })
    expect(statuses(await attempt(host, [holdKubelet([etcd]), endOthers(etcd, 25)]))).toEqual([
      'changed',
      'changed',
    ])
    expect(ended(host)).toBe(`stop within 25: container-of-5a${other}\nstop 5a${other}\n`)
  })

  it('one whose end the runtime notes a little later is waited for', async () => {
    const host = hostWith(shell, 'active', { [pod.component]: [other] })
    writeFileSync(join(host.root, 'sandboxes/late'), '')
    expect(statuses(await attempt(host, [holdKubelet([pod]), endOthers(pod, 0)]))).toEqual([
      'changed',
      'changed',
    ])
  })

  it('a kubelet that a killed run has held is let go by the next, whatever is to be replaced', async () => {
    const host = hostWith(shell, 'active', { etcd: [other], [`${pod.component}.next`]: [pod.hash] })
    await attempt(host, [holdKubelet([etcd]), endOthers(etcd, 25)])
    expect(statuses(await attempt(host, inOrder))).toEqual(['unchanged', 'unchanged', 'changed'])
    expect(journal(host)).toMatch(/stop slipway-kubelet-back.timer\nrestart kubelet\n$/)
  })

  const leaseOf = (holder: string): string =>
    JSON.stringify({
      metadata: { resourceVersion: '7' },
      spec: { holderIdentity: holder, leaseDurationSeconds: 15 },
    })

  it.each([
    ['is given back where it is this host’s', `${hostname()}_5a`, ''],
    ['is left to who has it elsewhere', 'cp9_5a', 'cp9_5a'],
  ])('the lease of a controller manager that has ended %s', async (_, holder, left) => {
    const host = hostWith(shell, 'active', { [controllers.component]: [other] })
    writeFileSync(join(host.root, 'lease.json'), leaseOf(holder))
    expect(statuses(await attempt(host, [endOthers(controllers, 25)]))).toEqual(['changed'])
    expect(readFileSync(join(host.root, 'lease.json'), 'utf8')).toBe(leaseOf(left))
    expect(readFileSync(join(host.root, 'asked'), 'utf8')).toMatch(
      /^\/etc\/kubernetes\/controller-manager.conf get \S+\/namespaces\/kube-system\/leases\/kube-controller-manager\n/,
    )
  })

  it('one whose lease cannot be asked for has ended all the same', async () => {
    const host = hostWith(shell, 'active', { [controllers.component]: [other] })
    expect(statuses(await attempt(host, [endOthers(controllers, 25)]))).toEqual(['changed'])
  })
})
