/**
 * A rotation that is killed at the boundary of each stage and in the middle of each, while a host is off and after it has come back;
 * and one that is paused and taken back. Run again, at once, it goes on from what the hosts are, and drops nothing that somebody still
 * needs. The moments are events of the run itself. Takes a cluster of 1+2.
 */
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { podman } from '../../../src/lab/podman.ts'
import type { Lab } from '../../../src/lab/types.ts'
import { lineOf } from '../../../src/report/lines.ts'
import { filesWith } from '../../support/files-with.ts'
import { isFile, isPhase, isStage, killAt, type Moment } from '../../support/kill-at.ts'
import { onCluster } from '../../support/kubeadm-host.ts'
import { findHost } from '../../support/lab.ts'
import { nodesAreReady } from '../../support/nodes.ts'
import { eventually, onHost } from '../../support/on-host.ts'
import { type Ended, slipway } from '../../support/slipway.ts'

const signing = (lab: Lab): Promise<string> => onHost(lab, 'cp1', 'cat /etc/kubernetes/pki/ca.crt')
const trusted = (lab: Lab, host: string): Promise<string> =>
  onHost(lab, host, 'cat /etc/kubernetes/pki/ca-bundle.crt')

/** All nodes are there, nothing more is to be done, and everybody trusts one CA: the one that signs. */
const isWhole = async (lab: Lab): Promise<void> => {
  await nodesAreReady(lab)
  const again = await slipway('apply', '-c', lab.clusterFile)
  expect(again.stdout, again.stderr).toContain('Nothing to do')
  const ca = await signing(lab)
  for (const { name } of lab.hosts) expect(await trusted(lab, name)).toBe(ca)
  const stored = join(dirname(lab.clusterFile), '.slipway', lab.name, 'pki/ca-bundle.crt')
  expect(await readFile(stored, 'utf8')).toBe(ca)
}

const all = (lab: Lab): readonly string[] => [
  ...['certs', 'rotate-ca', 'all', '--tokens-live', '0m'],
  ...['-c', lab.clusterFile],
]

const killedAt = async (lab: Lab, moments: Readonly<Record<string, Moment>>): Promise<void> => {
  for (const [what, moment] of Object.entries(moments)) {
    const { reached, code, stdout, stderr, last } = await killAt(moment, ...all(lab))
    const line = last && lineOf(last, true)
    process.stderr.write(`killed ${what}; the last that it said: ${line}\n`)
    expect(reached, `${what}: ended with ${code}\n${stderr}\n${stdout.slice(-4000)}`).toBe(true)
  }
}

export const rotatingWhileOneIsOff = (lab: () => Lab): void => {
  const made = { before: '' }
  const old = (): string => made.before
  beforeAll(async () => {
    made.before = await signing(lab())
    await podman('stop', '--time', '10', findHost(lab(), 'w2').containerId)
  })

  test('killed before anybody trusts the new CAs, and while the API server is replaced', () =>
    killedAt(lab(), {
      'before trust': isStage('trust'),
      'in trust: the API server is being replaced': isFile('trust', '/kube-apiserver.yaml'),
    }))

  test('killed before anything is issued, and between the new certificate of a kubelet and its restart', () =>
    killedAt(lab(), {
      'before issue': isStage('issue'),
      'in issue: the kubelet of w1 is still the old one': isPhase(
        'issue',
        'host-end',
        'kubelet-client',
        'w1',
      ),
    }))

  test('killed before those are restarted that read only once, and while they are', () =>
    killedAt(lab(), {
      'before refresh': isStage('refresh'),
      'in refresh: controllers are being replaced': isFile('refresh', '/kube-scheduler.yaml'),
    }))

  test('killed before the old ones are dropped, and while etcd is replaced', () =>
    killedAt(lab(), {
      'before drop': isStage('drop'),
      'in drop: etcd is being replaced': isFile('drop', '/etcd.yaml'),
    }))

  test('drops no CA that the one that is off still has, and says so', async () => {
    const without = await slipway(...all(lab()))
    expect(without.stderr).toMatch(/w2 has not been seen with the new CA/)
    expect(without.code).toBe(1)
    for (const host of ['cp1', 'w1']) expect(await trusted(lab(), host)).toContain(old())
    expect(await signing(lab())).not.toBe(old())
  })

  test('picks it up when it is back, killed there as well, and before and while the old CA is dropped', async () => {
    await podman('start', findHost(lab(), 'w2').containerId)
    await eventually('w2 is on', () => onHost(lab(), 'w2', 'systemctl is-active containerd'))
    await killedAt(lab(), {
      'in issue: the kubelet of w2 is still the old one': isPhase(
        'issue',
        'host-end',
        'kubelet-client',
        'w2',
      ),
    })
    expect(await trusted(lab(), 'cp1')).toContain(old())
    await killedAt(lab(), {
      'before drop': isStage('drop'),
      'in drop: the kubelet of w1 is being restarted': isPhase('drop', 'host-start', 'kubelet-start', 'w1'),
    })
  })

  test('comes to its end, and the cluster is whole', async () => {
    const last = await slipway(...all(lab()))
    expect(last.code, last.stderr).toBe(0)
    expect(await signing(lab())).not.toBe(old())
    await isWhole(lab())
    for (const { name } of lab().hosts)
      await eventually('the old CA is gone', async () =>
        expect(await filesWith(lab(), name, old()), name).toBe(''),
      )
  })
}

export const takingBack = (lab: () => Lab): void => {
  const rotate = (...args: readonly string[]): Promise<Ended> =>
    slipway('certs', 'rotate-ca', 'ca', ...args, '-c', lab().clusterFile)

  test('can be taken back, and the cluster is what it was', async () => {
    const before = await signing(lab())
    const paused = await rotate('--pause-after', 'issue')
    expect(paused.code, paused.stderr).toBe(0)
    expect(paused.stdout).toContain('paused')
    expect(await signing(lab())).not.toBe(before)
    await onCluster(lab(), 'apply')
    const back = await rotate('--rollback')
    expect(back.code, back.stderr).toBe(0)
    expect(await signing(lab())).toBe(before)
    await isWhole(lab())
    const nothing = await rotate('--rollback')
    expect(nothing.stderr).toContain('there is nothing to go back from')
    expect(nothing.code).toBe(2)
  })
}
