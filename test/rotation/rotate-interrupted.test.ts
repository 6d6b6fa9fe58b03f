/**
 * A rotation that is killed at each stage and at each boundary, one during which a host is off, and one that is paused and taken back:
 * run again, it goes on from what the hosts are, and drops nothing that somebody still needs.
 */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { stages } from '../../src/pki/rotation/stages.ts'
import { onCluster } from '../support/kubeadm-host.ts'
import { findHost, useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { type Ended, slipway, startSlipway } from '../support/slipway.ts'

const lab = useLab({ workers: 1 })
const podman = promisify(execFile)

beforeAll(async () => {
  await createBundle({ kubernetes: '1.37.1', arches: ['amd64'], say: console.log })
  await onCluster(lab(), 'apply')
})

const rotate = (...args: readonly string[]): Promise<Ended> =>
  slipway('certs', 'rotate-ca', ...args, '-c', lab().clusterFile)

const signing = (): Promise<string> => onHost(lab(), 'cp1', 'cat /etc/kubernetes/pki/ca.crt')
const trusted = (host: string): Promise<string> =>
  onHost(lab(), host, 'cat /etc/kubernetes/pki/ca-bundle.crt')

/** Both nodes are there, nothing more is to be done, and everybody trusts one CA: the one that signs. */
const isWhole = async (): Promise<void> => {
  await eventually('both nodes are Ready', async () =>
    expect((await kubectl(lab(), 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(2),
  )
  const again = await slipway('apply', '-c', lab().clusterFile)
  expect(again.stdout, again.stderr).toContain('Nothing to do')
  const ca = await signing()
  for (const host of ['cp1', 'w1']) expect(await trusted(host)).toBe(ca)
  const stored = join(dirname(lab().clusterFile), '.slipway', lab().name, 'pki/ca-bundle.crt')
  expect(await readFile(stored, 'utf8')).toBe(ca)
}

/** Killed some time after it has said that a stage begins; 0 is the boundary itself. */
const killedIn = async (stage: string, milliseconds: number): Promise<boolean> => {
  const { child, ended } = startSlipway(
    'certs',
    'rotate-ca',
    'all',
    '--tokens-live',
    '0m',
    '-c',
    lab().clusterFile,
  )
  const begins = new Promise<void>((resolve) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(`: ${stage}`)) resolve()
    })
  })
  await Promise.race([begins, ended])
  await sleep(milliseconds)
  child.kill('SIGKILL')
  return (await ended).code === null
}

describe('a rotation of everything', () => {
  test('killed at each boundary and inside each stage, and run again, comes to its end', async () => {
    const before = await signing()
    const moments: string[] = []
    for (const stage of stages)
      for (const moment of [0, 500 + Math.round(Math.random() * 9000)]) {
        moments.push(`${stage} + ${moment} ms`)
        await killedIn(stage, moment)
        await eventually('the API answers', () => kubectl(lab(), 'get nodes'))
      }
    const last = await rotate('all', '--tokens-live', '0m')
    expect(last.code, `killed at ${moments.join(', ')}\n${last.stderr}`).toBe(0)
    expect(await signing()).not.toBe(before)
    await isWhole()
  })
})

describe('a rotation with a host that is off', () => {
  test('drops nothing until it has been seen, says whom it waits for, and then goes on', async () => {
    const before = await signing()
    const { containerId } = findHost(lab(), 'w1')
    await podman('podman', ['stop', '--time', '10', containerId])
    const without = await rotate('ca')
    expect(without.stderr).toMatch(/w1 has not been seen with the new CA/)
    expect(without.code).toBe(1)
    expect(await trusted('cp1')).toContain(before)
    await podman('podman', ['start', containerId])
    await eventually('w1 answers', () => onHost(lab(), 'w1', 'systemctl is-active containerd'))
    const then = await rotate('ca')
    expect(then.code, then.stderr).toBe(0)
    expect(then.stderr).toContain('stage 2 of 4: issue')
    expect(await signing()).not.toBe(before)
    await isWhole()
  })
})

describe('a rotation that is paused', () => {
  test('can be taken back, and the cluster is what it was', async () => {
    const before = await signing()
    const paused = await rotate('ca', '--pause-after', 'issue')
    expect(paused.code, paused.stderr).toBe(0)
    expect(paused.stdout).toContain('paused')
    expect(await signing()).not.toBe(before)
    const apply = await slipway('apply', '-c', lab().clusterFile)
    expect(apply.code, apply.stderr).toBe(0)
    const back = await rotate('ca', '--rollback')
    expect(back.code, back.stderr).toBe(0)
    expect(await signing()).toBe(before)
    await isWhole()
    const nothing = await rotate('ca', '--rollback')
    expect(nothing.stderr).toContain('there is nothing to go back from')
    expect(nothing.code).toBe(2)
  })
})
