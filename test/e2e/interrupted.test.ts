/**
 * slipway is interrupted, and killed at random moments of an install and at chosen ones of a rotation, and run again: the end is that of
 * an undisturbed run. The cluster is one of the other minor that the catalog has, from its own bundle, on hosts from which nothing leads
 * anywhere but to each other.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { createBundle } from '../../src/bundle/create.ts'
import { useLab } from '../support/lab.ts'
import { eventually, kubectl, onHost } from '../support/on-host.ts'
import { slipway, startSlipway } from '../support/slipway.ts'
import { rotatingWhileOneIsOff, takingBack } from './interrupted/rotation.ts'

const kubernetes = '1.36.4'
const lab = useLab({ workers: 2, kubernetes })
const nodes = ['cp1', 'w1', 'w2'] as const

/** A default route to nobody: without any, not even the addresses of Services would be sent on their way. */
const cutOff = (): Promise<unknown> => {
  const nobody = lab().subnet.replace(/0\/24$/, '254')
  return Promise.all(nodes.map((node) => onHost(lab(), node, `ip route replace default via ${nobody}`)))
}

beforeAll(async () => {
  await createBundle({ kubernetes, arches: ['amd64'], say: console.log })
  await cutOff()
})

/** What runs on a host on slipway's behalf has its name among its arguments; this command has not. */
const remotePrograms = "pgrep -af '[s]lipway' || true"

/** Told at once, and not the next time that somebody asks: what comes then comes in the middle. */
const asSoonAs = (condition: string): Promise<string> =>
  onHost(lab(), 'cp1', `timeout 300 sh -c "until ${condition}; do sleep 0.02; done"`)

/** The program of a phase has its length in bytes among its arguments; the first is the one that looks. */
const program = "'[s]lipway [0-9]+'"

const nothingRuns = (host: string): Promise<void> =>
  eventually(`nothing runs on ${host}`, async () =>
    expect(await onHost(lab(), host, remotePrograms)).toBe(''),
  )

test('Ctrl-C before anything was changed says so', async () => {
  const held = asSoonAs(`pkill -STOP -f ${program}`)
  const { child, ended } = startSlipway('apply', '-c', lab().clusterFile)
  await held
  child.kill('SIGINT')
  const { code, stderr } = await ended
  await onHost(lab(), 'cp1', `pkill -CONT -f ${program} || true`)
  await nothingRuns('cp1')
  expect(code, stderr).toBe(130)
  expect(stderr).toContain('nothing was changed. To go on: slipway apply -c')
})

test('Ctrl-C ends it cleanly: nothing runs on the hosts, the lock is free, and how to go on is said', async () => {
  const { child, ended } = startSlipway('apply', '-c', lab().clusterFile)
  // In the middle of what travels: the far end is unpacking. A host that was just started has a gzip of its own, for its old logs.
  await asSoonAs('[ -e /etc/modules-load.d/slipway.conf ] && pgrep -x gzip')
  child.kill('SIGINT')
  const { code, stdout, stderr } = await ended
  expect(code, stderr).toBe(130)
  expect(stdout).toContain('Interrupted after')
  expect(stdout).toContain(`to go on: slipway apply -c ${lab().clusterFile}`)
  for (const host of nodes) {
    await nothingRuns(host)
    expect(await onHost(lab(), host, 'ls -d /run/slipway* 2>/dev/null || true')).toBe('')
  }
})

/** Somewhere between the first connection and the last wait, each time further on. */
const moments = [0, 1, 2].map((nth) => Math.round(1500 + nth * 6000 + Math.random() * 6000))

test('killed three times, run again: the same cluster, and nothing left behind', {
  timeout: 900_000,
}, async () => {
  for (const moment of moments) {
    const { child, ended } = startSlipway('apply', '-c', lab().clusterFile)
    await sleep(moment)
    child.kill('SIGKILL')
    await ended
    // A host hears of it when its sshd does: until then the lock is held.
    for (const host of nodes) await nothingRuns(host)
  }
  const last = await slipway('apply', '-c', lab().clusterFile)
  expect(last.code, `killed after ${moments.join(', ')} ms\n${last.stderr}`).toBe(0)
  const again = await slipway('apply', '-c', lab().clusterFile)
  expect(again.stdout).toContain('Nothing to do')
  expect((await kubectl(lab(), 'get nodes --no-headers')).match(/ Ready /g)).toHaveLength(nodes.length)
  for (const host of nodes) {
    const leftovers =
      'ls -d /run/slipway.* /etc/kubernetes/.[!.]* /etc/kubernetes/manifests/.[!.]* 2>/dev/null || true'
    expect(await onHost(lab(), host, leftovers)).toBe('')
  }
  const tokens = await slipway('token', 'list', '-c', lab().clusterFile)
  expect(
    tokens.stdout
      .trim()
      .split('\n')
      .filter((line) => line !== '').length,
  ).toBeLessThanOrEqual(3)
})

test('every node is Ready and runs that version, etcd is the one of its minor', async () => {
  const versions = await kubectl(
    lab(),
    `get nodes -o jsonpath='{range .items[*]}{.status.nodeInfo.kubeletVersion} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}'`,
  )
  expect(versions.trim().split('\n')).toEqual(nodes.map(() => `v${kubernetes} True`))
  expect(await kubectl(lab(), 'get --raw /version')).toContain(`"gitVersion": "v${kubernetes}"`)
  expect(await kubectl(lab(), 'get pods -n kube-system -o yaml')).toContain('registry.k8s.io/etcd:3.6.16-0')
})

describe('a rotation of everything, one worker of which is off', () => rotatingWhileOneIsOff(lab))
describe('a rotation that is paused', () => takingBack(lab))
